import { testRequests } from "../src/fuzz/test-requests.ts";

testRequests(5_000);
