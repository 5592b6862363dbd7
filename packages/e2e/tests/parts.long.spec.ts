import { principalFaults } from "../src/parts/faults.ts";
import { testFaults } from "../src/parts/test-faults.ts";

testFaults("their variants", (kind) => !principalFaults.has(kind));
