import type { User } from "@tracer/core/auth/auth.sql";
import { perUser } from "~/lib/sync/per-user";
import { trpc } from "~/lib/trpc-client";

/**
 * The collections of the signed-in user, each kept in step with Postgres by Electric.
 *
 * `collectionsFor(userId)` starts them in the browser and gives the same ones on every call; `endCollections()` stops
 * them and forgets their rows.
 */
export const { collectionsFor, endCollections } = perUser({ startSync: true }, ({ synced }) => ({
  users: synced<User>("users", trpc.users),
}));
