import type { User } from "@tracer/core/auth/auth.sql";
import { perUser } from "~/lib/sync/per-user";
import { trpc } from "~/lib/trpc-client";

/**
 * The collections of the signed-in user, each kept in step with Postgres by Electric.
 *
 * `collectionsFor(userId)` gives the same ones on every call. In the browser each starts to sync when it is first used,
 * those with `startSync` at once. `endCollections()` stops them and forgets their rows.
 */
export const { collectionsFor, endCollections } = perUser(({ synced }) => ({
  users: synced<User>("users", trpc.users, { startSync: true }),
}));
