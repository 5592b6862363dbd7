import { principalFaults } from "../src/parts/faults.ts";
import { testFaults } from "../src/parts/test-faults.ts";

testFaults("the principal faults", (kind) => principalFaults.has(kind));
