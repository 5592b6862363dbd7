import { testManyTabs } from "../src/many-tabs.ts";

testManyTabs({ mode: "dev", tabCount: 2, kills: 1 });
