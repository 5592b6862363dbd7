import { testEveryPage } from "../src/every-page.ts";

testEveryPage("desktop", "dark");
testEveryPage("phone", "light");
