import { sql } from "drizzle-orm";
import { text, timestamp } from "drizzle-orm/pg-core";

/** A point in time with its zone, as `Date` in TypeScript. */
export const timestamptz = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/**
 * The place of a row in a list, as a key that `orderKeyAt` in the web package makes.
 *
 * Keys are compared byte by byte, which is the collation "C" in Postgres. Drizzle cannot declare a collation, so the
 * migration must, as the generator's does: `"position" text COLLATE "C" NOT NULL`.
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
