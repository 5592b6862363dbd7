import { listOf, type PgArray } from "./array.ts";
import { ComputeError } from "./compute-error.ts";
import { asArray, type Value } from "./value.ts";

type Values = PgArray<Value>;
type Shape = Pick<Values, "dims" | "lower">;

/**
 * An array of arrays, as `ARRAY[…]` makes it: one dimension more than its parts.
 * @throws ComputeError when the parts differ in shape
 */
export function stackArrays(parts: (Values | null)[]): Values {
  const filled = parts.filter((part) => part !== null && part.dims.length > 0);
  const [first] = filled;
  if (!first) return listOf<Value>([]);
  if (filled.length !== parts.length || !filled.every((part) => part && sameShape(part, first))) {
    throw new ComputeError("multidimensional arrays must have array expressions with matching dimensions");
  }
  const items = filled.flatMap((part) => part?.items ?? []);
  return { items, dims: [parts.length, ...first.dims], lower: [1, ...first.lower] };
}

/**
 * Calls `array_append`, `array_prepend` or `array_cat`, which the operator `||` stands for too. Unlike most functions
 * they compute with NULL: as an item, or as an empty array.
 * Source: https://www.postgresql.org/docs/current/functions-array.html
 * @throws ComputeError when the dimensions do not fit
 */
export function arrayFunction(name: string, a: Value | null, b: Value | null): Value | null {
  const arrayOrNull = (value: Value | null) => (value === null ? null : asArray(value));
  if (name === "array_append") return append(arrayOrNull(a), b);
  if (name === "array_prepend") return prepend(a, arrayOrNull(b));
  return concatenate(arrayOrNull(a), arrayOrNull(b));
}

/** The arrays agree in all but the first dimension, or one array is an item of the other. */
function concatenate(a: Values | null, b: Values | null): Values | null {
  if (a === null || b === null) return a ?? b;
  if (a.dims.length === 0) return b;
  if (b.dims.length === 0) return a;
  const items = [...a.items, ...b.items];
  const [itemOfA, itemOfB] = [itemShape(a), itemShape(b)];
  const [sizeA = 0] = a.dims;
  const [sizeB = 0] = b.dims;
  if (sameShape(itemOfA, itemOfB)) return { items, dims: [sizeA + sizeB, ...itemOfA.dims], lower: a.lower };
  if (sameShape(a, itemOfB)) return { items, dims: [1 + sizeB, ...itemOfB.dims], lower: b.lower };
  if (sameShape(itemOfA, b)) return { items, dims: [sizeA + 1, ...itemOfA.dims], lower: a.lower };
  throw new ComputeError("cannot concatenate incompatible arrays");
}

function itemShape({ dims, lower }: Shape): Shape {
  return { dims: dims.slice(1), lower: lower.slice(1) };
}

function append(array: Values | null, item: Value | null): Values {
  if (array === null || array.dims.length === 0) return listOf<Value>([item]);
  if (array.dims.length > 1) throw new ComputeError("argument must be empty or one-dimensional array");
  return { items: [...array.items, item], dims: [array.items.length + 1], lower: array.lower };
}

function prepend(item: Value | null, array: Values | null): Values {
  if (array === null || array.dims.length === 0) return listOf<Value>([item]);
  if (array.dims.length > 1) throw new ComputeError("argument must be empty or one-dimensional array");
  return { items: [item, ...array.items], dims: [array.items.length + 1], lower: array.lower };
}

/** The item at these subscripts; null outside of the bounds and for a wrong number of subscripts. */
export function subscript(array: Values, subscripts: number[]): Value | null {
  if (subscripts.length !== array.dims.length) return null;
  let index = 0;
  for (const [d, size] of array.dims.entries()) {
    const position = (subscripts[d] ?? 0) - (array.lower[d] ?? 1);
    if (position < 0 || position >= size) return null;
    index = index * size + position;
  }
  return array.items[index] ?? null;
}

/** The bounds of a slice in one dimension, both included; null stands for the array's own bound. */
export interface SliceRange {
  from: number | null;
  to: number | null;
}

/** `a[from:to]…`. The slice counts from 1; it is empty where the ranges miss the array. */
export function slice(array: Values, ranges: SliceRange[]): Values {
  const empty = listOf<Value>([]);
  if (ranges.length > array.dims.length) return empty;
  const spans: { from: number; size: number }[] = [];
  for (const [d, size] of array.dims.entries()) {
    const first = array.lower[d] ?? 1;
    const range = ranges[d];
    const from = Math.max(range?.from ?? first, first);
    const to = Math.min(range?.to ?? first + size - 1, first + size - 1);
    if (to < from) return empty;
    spans.push({ from: from - first, size: to - from + 1 });
  }
  const items: (Value | null)[] = [];
  const collect = (d: number, index: number): void => {
    const span = spans[d];
    if (!span) {
      items.push(array.items[index] ?? null);
      return;
    }
    for (let i = 0; i < span.size; i++) collect(d + 1, index * (array.dims[d] ?? 0) + span.from + i);
  };
  collect(0, 0);
  return { items, dims: spans.map(({ size }) => size), lower: spans.map(() => 1) };
}

function sameShape(a: Shape, b: Shape): boolean {
  const same = (x: number[], y: number[]) => x.length === y.length && x.every((value, i) => value === y[i]);
  return same(a.dims, b.dims) && same(a.lower, b.lower);
}
