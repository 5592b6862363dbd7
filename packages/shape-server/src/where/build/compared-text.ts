import type { PgType } from "../values/pg-types.ts";
import { writer } from "../values/write.ts";
import { constantValue, type Run, type Typed } from "./typed.ts";

/** The types whose equal values have equal text, each with the family of types for which this holds across types. */
const textFamilies = new Map([
  ...["int2", "int4", "int8"].map((type) => [type, "integer"] as const),
  ...["text", "varchar", "name"].map((type) => [type, "text"] as const),
  ["uuid", "uuid"] as const,
]);

/**
 * The text that a column must have to be equal to a constant.
 * @param as the type in which the two are compared
 * @returns undefined when the comparison needs values, not only their text, and for NULL
 */
export function comparedText(column: Typed, as: PgType, other: Typed): string | undefined {
  const family = textFamilies.get(column.type);
  if (column.column === undefined || family === undefined) return undefined;
  if (family !== textFamilies.get(as) || family !== textFamilies.get(other.type)) return undefined;
  const value = constantValue(other);
  return value === undefined || value === null ? undefined : writer(other.type)(value);
}

/** `column = constant` without reading the column's value, undefined when the text alone does not decide. */
export function textEquality(column: Typed, as: PgType, other: Typed): Run | undefined {
  const wanted = comparedText(column, as, other);
  const name = column.column;
  if (wanted === undefined || name === undefined) return undefined;
  return (frame) => {
    const text = frame.row[name];
    return text === undefined ? column.run(frame) : text === null ? null : text === wanted;
  };
}

/** `column IN (…)` by the texts of the list, so that a long list costs one look-up. */
export function textAmong(column: Typed, texts: Iterable<string | undefined>, hasNull: boolean): Run {
  const wanted = new Set(texts);
  const name = column.column ?? "";
  return (frame) => {
    const text = frame.row[name];
    if (text === null) return null;
    if (text === undefined) return column.run(frame);
    return wanted.has(text) || (hasNull ? null : false);
  };
}
