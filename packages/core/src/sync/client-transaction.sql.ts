import { index, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { user } from "../auth/auth.sql.ts";
import { timestamps } from "../drizzle/columns.ts";

/** The reason why a client transaction wrote nothing, for the person who made the change. */
export interface Refusal {
  /** The tRPC error code, such as `CONFLICT`. */
  readonly code: string;
  readonly message: string;
  /** Messages about single fields of the input, by the name of the field. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** The outcome of a client transaction: the id of the Postgres transaction that wrote the rows, or a refusal. */
export type Outcome = { readonly txid: number } | { readonly refusal: Refusal };

/**
 * The outcome of each client transaction. The server writes the record in the same Postgres transaction as the rows, so
 * that the server answers a repetition with the first outcome and writes nothing twice. Never synced.
 */
export const clientTransaction = pgTable(
  "client_transaction",
  {
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    /** The id that the client made. Two users may have the same id. */
    id: uuid("id").notNull(),
    /** SHA-256 of the operations, in hex. The server refuses other operations under the same id. */
    digest: text("digest").notNull(),
    outcome: jsonb("outcome").$type<Outcome>().notNull(),
    createdAt: timestamps.createdAt,
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.id] }),
    index("client_transaction_created_at_idx").on(table.createdAt),
  ],
);
