import { testStage } from "./stage-suite.ts";

// `stages.long.test.ts` has the other stages. Each costs more than a second.
testStage("pr-12", "function");
testStage("production", "service");
