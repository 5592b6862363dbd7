import type { Sync } from "~/lib/sync/first-rows";
import type { SyncedRow } from "~/lib/sync/synced-row";

/** A sync that has begun: what ends the sync. */
export type Running = ReturnType<Sync<SyncedRow>["sync"]>;

export function end(running: Running): void {
  if (typeof running === "function") running();
  else running?.cleanup?.();
}
