import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Collects all garbage, also what only a turn of the event loop makes garbage, as a `WeakRef` that was just read. */
export async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await pause(1);
    collect();
  }
}
