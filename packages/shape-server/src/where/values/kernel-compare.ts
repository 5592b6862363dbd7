import { timestampOfDate } from "./datetime.ts";
import { compareDecimal } from "./decimal.ts";
import { intervalLength } from "./interval.ts";
import { elementType, isArrayType, isFloatType, type PgType } from "./pg-types.ts";
import { compareText } from "./text.ts";
import { asArray, asBigint, asDecimal, asInteger, asInterval, type Value } from "./value.ts";
import { withoutPadding } from "./write.ts";

/** Gives a number below, equal to or above 0. */
export type Compare = (a: Value, b: Value) => number;

/** How Postgres orders values of two types that can be compared: equal types, or two integers, a date and a timestamp … */
export function comparer(left: PgType, right: PgType): Compare {
  if (isArrayType(left)) return arrayComparer(comparer(elementType(left), elementType(right)));
  if (isFloatType(left) || isFloatType(right)) return (a, b) => compareFloat(Number(a), Number(b));
  switch (left) {
    case "int2":
    case "int4":
    case "int8":
      return (a, b) => order(asInteger(a), asInteger(b));
    case "bool":
    case "time":
      return (a, b) => order(Number(a), Number(b));
    case "numeric":
      return (a, b) => compareDecimal(asDecimal(a), asDecimal(b));
    case "date":
      if (right === "date") return (a, b) => order(Number(a), Number(b));
      return (a, b) => order(timestampOfDate(Number(a)), asBigint(b));
    case "timestamp":
    case "timestamptz":
      if (right === "date") return (a, b) => order(asBigint(a), timestampOfDate(Number(b)));
      return (a, b) => order(asBigint(a), asBigint(b));
    case "interval":
      return (a, b) => order(intervalLength(asInterval(a)), intervalLength(asInterval(b)));
    case "bpchar":
      return (a, b) => compareText(withoutPadding(String(a)), withoutPadding(String(b)));
    default:
      return (a, b) => compareText(String(a), String(b));
  }
}

function order<T extends number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** NaN equals NaN and is greater than all other numbers. */
function compareFloat(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  return Number.isNaN(b) ? -1 : order(a, b);
}

/** Arrays are compared item by item with NULL last, then by length, then by their dimensions. */
function arrayComparer(compare: Compare): Compare {
  return (a, b) => {
    const [x, y] = [asArray(a), asArray(b)];
    const shared = Math.min(x.items.length, y.items.length);
    for (let i = 0; i < shared; i++) {
      const [left, right] = [x.items[i] ?? null, y.items[i] ?? null];
      if (left === null || right === null) {
        if (left !== right) return left === null ? 1 : -1;
        continue;
      }
      const result = compare(left, right);
      if (result !== 0) return result;
    }
    const shape = order(x.items.length, y.items.length) || order(x.dims.length, y.dims.length);
    return shape || firstDifference(x.dims, y.dims) || firstDifference(x.lower, y.lower);
  };
}

function firstDifference(a: number[], b: number[]): number {
  for (const [i, value] of a.entries()) {
    const result = order(value, b[i] ?? 0);
    if (result !== 0) return result;
  }
  return 0;
}

/** `all @> some`: every item of the second array is in the first. NULL is in no array. */
export function contains(compare: Compare, all: Value, some: Value): boolean {
  const items = asArray(all).items;
  return asArray(some).items.every(
    (wanted) => wanted !== null && items.some((item) => item !== null && compare(item, wanted) === 0),
  );
}

/** `a && b`: the arrays have an item in common that is not NULL. */
export function overlaps(compare: Compare, a: Value, b: Value): boolean {
  const items = asArray(b).items;
  return asArray(a).items.some(
    (item) => item !== null && items.some((other) => other !== null && compare(item, other) === 0),
  );
}
