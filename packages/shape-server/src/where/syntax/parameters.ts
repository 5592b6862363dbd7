import { WhereError } from "./where-error.ts";

/**
 * Checks the parameters of a request: their keys must be the numbers 1 to n without a gap, and Postgres must be able
 * to store their values as text. A condition need not use all of them.
 * @param params the value of `$1`, `$2`… by number, as text
 * @throws WhereError for the field `params`, in Electric's words
 */
export function checkParameters(params: Readonly<Record<string, string>>): void {
  const keys = Object.keys(params);
  if (keys.some((key) => !/^[+-]?\d+$/.test(key))) {
    throw new WhereError("Parameters can only use numbers as keys", "params");
  }
  const missing = keys.some((_, i) => !Object.hasOwn(params, String(i + 1)));
  if (missing) throw new WhereError("Parameters must be numbered sequentially, starting from 1", "params");
  if (Object.values(params).some((value) => value.includes("\0") || !value.isWellFormed())) {
    throw new WhereError('invalid byte sequence for encoding "UTF8"', "params");
  }
}
