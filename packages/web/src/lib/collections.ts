import type { User } from "@tracer/core/auth/auth.sql";
import { perUser } from "~/lib/sync/per-user";
import { trpc } from "~/lib/trpc-client";

/**
 * The collections of the signed-in user. Electric keeps each collection in step with Postgres.
 *
 * `collectionsFor(userId)` returns the same collections on every call. In the browser a collection starts to sync when
 * it is first used, or at once with `startSync`. `endCollections()` stops the collections and drops their rows.
 */
export const { collectionsFor, endCollections } = perUser(({ synced }) => ({
  users: synced<User>("users", trpc.users, { startSync: true }),
}));
