/** The request parameter that a refusal belongs to, as the error body names it. */
export type WhereField = "where" | "params" | "table" | "columns" | "order_by";

/** A condition or ordering that is refused; the message is meant for the client. */
export class WhereError extends Error {
  override readonly name = "WhereError";
  readonly field: WhereField;

  constructor(message: string, field: WhereField = "where") {
    super(message);
    this.field = field;
  }
}

/** What `SELECT 1 WHERE ` takes before the text of the client: places are told relative to the client's text. */
export const WHERE_PREFIX = "SELECT 1 WHERE ";

/** A refusal that points at a place (a byte offset in the parsed statement). */
export function refusedAt(location: number, reason: string): WhereError {
  return new WhereError(`At location ${Math.max(location - WHERE_PREFIX.length, 0)}: ${reason}`);
}
