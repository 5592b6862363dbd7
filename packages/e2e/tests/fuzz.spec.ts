import { testRequests } from "../src/fuzz/test-requests.ts";

// `npm run test:fuzz` sends 100,000.
testRequests(Number(process.env.FUZZ_REQUESTS ?? 1_000));
