import { WhereError } from "./where-error.ts";

/** Parameters are numbered 1 to n without a gap; more than the condition uses are allowed. */
export function checkParameterNames(params: Readonly<Record<string, string>>): void {
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
