import { strangerCounts } from "~/lib/server/limits";
import { FairQueue } from "~/lib/server/load/fair-queue";

/**
 * The turns of strangers at the database, before it is known whether they may try to sign in. A device that has signed in
 * before waits for none of them.
 */
export const strangerTurns = new FairQueue("guesses", strangerCounts);
