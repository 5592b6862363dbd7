import { sql } from "drizzle-orm";
import { text, timestamp } from "drizzle-orm/pg-core";

/** A point in time with its zone, as `Date` in TypeScript. */
export const timestamptz = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/**
 * A place between two other rows, as `orderKeyAt` in the web package makes it.
 *
 * Keys are compared byte by byte. Postgres does so only under the collation "C". Drizzle has no collations, so the
 * migration says it, as the generator writes it: `"position" text COLLATE "C" NOT NULL`.
 */
export const orderKey = (name: string) => text(name);

/**
 * `created_at` and `updated_at` for a table.
 *
 * Postgres sets `updated_at`, with microseconds, so every write changes the row. Electric sends nothing for an update
 * that leaves all synced columns as they were; without a new `updated_at`, the browser would never see the txid of such
 * an edit.
 */
export const timestamps = {
  createdAt: timestamptz("created_at").notNull().default(sql`now()`),
  updatedAt: timestamptz("updated_at")
    .notNull()
    .default(sql`now()`)
    .$onUpdate(() => sql`clock_timestamp()`),
};

/** The times that the server sets, for the `pick` of a select schema. */
export const timesByServer = { createdAt: true, updatedAt: true } as const;

/** The columns that the server sets, for the `pick` of a select schema. */
export const setByServer = { userId: true, ...timesByServer } as const;
