import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import type { PushedTransaction } from "~/lib/wire/push";

/** What an edit does to one row, as the page can show it. */
export interface Change {
  /** The collection's name, such as `users`. */
  readonly collection: string;
  readonly type: "insert" | "update" | "delete";
  readonly key: string;
  /** The whole row of an insert, the changed fields of an update, nothing of a delete. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** One client transaction: what is sent, and what it looks like in the page. */
export interface Edit extends PushedTransaction {
  readonly changes: readonly Change[];
  /** When it was made, in milliseconds since 1970. */
  readonly createdAt: number;
}

/** That the server refused an edit, or that it cannot be sent at all. Nothing of the edit was saved. */
export class WriteRefused extends Error {
  override readonly name = "WriteRefused";
  /** The tRPC error code, such as `CONFLICT`. */
  readonly code: string;
  /** What is wrong with single fields, by their names. */
  readonly fields: Readonly<Record<string, string>>;

  constructor({ code, message, fields = {} }: Refusal) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}
