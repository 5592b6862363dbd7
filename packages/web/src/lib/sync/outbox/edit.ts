import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import type { PushedTransaction } from "~/lib/wire/push";

/** The change that an edit makes to one row, in a form that the page can show. */
export interface Change {
  /** The collection's name, such as `users`. */
  readonly collection: string;
  readonly type: "insert" | "update" | "delete";
  readonly key: string;
  /** For an insert the whole row, for an update the changed fields, for a delete nothing. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** One client transaction: the operations to send, and the changes to show in the page. */
export interface Edit extends PushedTransaction {
  readonly changes: readonly Change[];
  /** When the person made the edit, in milliseconds since 1970. */
  readonly createdAt: number;
}

/** The server refused an edit, or no request can carry the edit. Nothing of the edit was saved. */
export class WriteRefused extends Error {
  override readonly name = "WriteRefused";
  /** The tRPC error code, such as `CONFLICT`. */
  readonly code: string;
  /** Messages about single fields, by the name of the field. */
  readonly fields: Readonly<Record<string, string>>;

  constructor({ code, message, fields = {} }: Refusal) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}
