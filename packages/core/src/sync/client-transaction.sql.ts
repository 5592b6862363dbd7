import { index, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { user } from "../auth/auth.sql.ts";
import { timestamps } from "../drizzle/columns.ts";

/** Why a client transaction wrote nothing, for the person who made it. */
export interface Refusal {
  /** The tRPC error code, such as `CONFLICT`. */
  readonly code: string;
  readonly message: string;
  /** What is wrong with single fields of the input, by their names. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** What became of a client transaction: the id of the Postgres transaction that wrote it, or why nothing was written. */
export type Outcome = { readonly txid: number } | { readonly refusal: Refusal };

/**
 * What became of each client transaction. The record is written in the same Postgres transaction as the rows, so that
 * the server answers a repetition with the first outcome and writes nothing twice. Never synced.
 */
export const clientTransaction = pgTable(
  "client_transaction",
  {
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    /** The id that the client made. Only together with the user does it name a record. */
    id: uuid("id").notNull(),
    /** SHA-256 of the operations, in hex. The same id with other operations is a mistake of the client. */
    digest: text("digest").notNull(),
    outcome: jsonb("outcome").$type<Outcome>().notNull(),
    createdAt: timestamps.createdAt,
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.id] }),
    index("client_transaction_created_at_idx").on(table.createdAt),
  ],
);
