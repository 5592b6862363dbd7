/** Makes what a new row of a table holds where nothing else is said: defaults, times, nulls, and an id. */
export type RowDefaults<Row, Key extends keyof Row> = () => Pick<Row, Key>;

/**
 * Makes a whole row for an insert in the browser, which shows the row before the server has answered. The server sets
 * the owner and the times itself.
 *
 * @param defaults the table's defaults, from `row-defaults.gen.ts`
 * @param given the columns without a default, and any others that shall differ from their default
 */
export function newRow<Row, Key extends keyof Row>(
  defaults: RowDefaults<Row, Key>,
  given: Omit<Row, Key> & Partial<Pick<Row, Key>>,
): Pick<Row, Key> & Omit<Row, Key> {
  return { ...defaults(), ...given };
}
