/** The request parameter that a refusal belongs to, as the body of the error names it. */
export type WhereField = "where" | "params" | "table" | "columns" | "order_by";

/** A refused condition or ordering. The message goes to the client. */
export class WhereError extends Error {
  override readonly name = "WhereError";
  readonly field: WhereField;

  constructor(message: string, field: WhereField = "where") {
    super(message);
    this.field = field;
  }
}

/**
 * The parser reads statements, so the condition is parsed as the end of this one. Messages count locations from the
 * start of the client's text, without this prefix.
 */
export const wherePrefix = "SELECT 1 WHERE ";

/**
 * A refusal that names a place in the condition.
 * @param location the byte offset in the parsed statement, `wherePrefix` included
 */
export function refusedAt(location: number, reason: string): WhereError {
  return new WhereError(`At location ${Math.max(location - wherePrefix.length, 0)}: ${reason}`);
}
