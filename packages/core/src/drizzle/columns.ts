import { sql } from "drizzle-orm";
import { timestamp } from "drizzle-orm/pg-core";

/** A point in time with its zone, as `Date` in TypeScript. */
export const timestamptz = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/**
 * `created_at` and `updated_at` for a table.
 *
 * `updated_at` is set by Postgres, not by the app: its microseconds make every write a change of the row, so that even
 * an edit that alters nothing else comes back through Electric and its txid is seen. Electric sends nothing for an
 * update that leaves all synced columns as they were.
 */
export const timestamps = {
  createdAt: timestamptz("created_at").notNull().default(sql`now()`),
  updatedAt: timestamptz("updated_at")
    .notNull()
    .default(sql`now()`)
    .$onUpdate(() => sql`clock_timestamp()`),
};

/** The columns whose values the server gives, for the `pick` of what reaches the browser. */
export const stamped = { userId: true, createdAt: true, updatedAt: true } as const;
