import { testManyTabs } from "../src/many-tabs.ts";

testManyTabs({ mode: "built", tabCount: 6, kills: 2 });
