import { listOf, type PgArray } from "./array.ts";
import { ComputeError } from "./compute-error.ts";
import type { Value } from "./value.ts";

type Values = PgArray<Value>;

/** `ARRAY[…]` of arrays: they must have one shape. */
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

/** `a || b` of two arrays: of one shape but for the first dimension, or one deeper by one dimension. */
export function concatenate(a: Values | null, b: Values | null): Values | null {
  if (a === null || b === null) return a ?? b;
  if (a.dims.length === 0) return b;
  if (b.dims.length === 0) return a;
  const items = [...a.items, ...b.items];
  const [inA, inB] = [inner(a), inner(b)];
  const [size = 0] = a.dims;
  const [sizeB = 0] = b.dims;
  if (sameShape(inA, inB)) return { items, dims: [size + sizeB, ...inA.dims], lower: a.lower };
  if (sameShape(a, inB)) return { items, dims: [1 + sizeB, ...inB.dims], lower: b.lower };
  if (sameShape(inA, b)) return { items, dims: [size + 1, ...inA.dims], lower: a.lower };
  throw new ComputeError("cannot concatenate incompatible arrays");
}

type Shape = Pick<Values, "dims" | "lower">;

function inner({ dims, lower }: Shape): Shape {
  return { dims: dims.slice(1), lower: lower.slice(1) };
}

export function append(array: Values | null, item: Value | null): Values {
  if (array === null || array.dims.length === 0) return listOf<Value>([item]);
  if (array.dims.length > 1) throw new ComputeError("argument must be empty or one-dimensional array");
  return { items: [...array.items, item], dims: [array.items.length + 1], lower: array.lower };
}

export function prepend(item: Value | null, array: Values | null): Values {
  if (array === null || array.dims.length === 0) return listOf<Value>([item]);
  if (array.dims.length > 1) throw new ComputeError("argument must be empty or one-dimensional array");
  return { items: [item, ...array.items], dims: [array.items.length + 1], lower: array.lower };
}

/** The item at these subscripts, null outside of the bounds or with the wrong number of subscripts. */
export function subscript(array: Values, at: number[]): Value | null {
  if (at.length !== array.dims.length) return null;
  let index = 0;
  for (const [d, size] of array.dims.entries()) {
    const position = (at[d] ?? 0) - (array.lower[d] ?? 1);
    if (position < 0 || position >= size) return null;
    index = index * size + position;
  }
  return array.items[index] ?? null;
}

/** `a[from:to]…`; a bound that is left out is the array's own. */
export function slice(array: Values, ranges: { from: number | null; to: number | null }[]): Values {
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
  const visit = (d: number, index: number): void => {
    const span = spans[d];
    if (!span) {
      items.push(array.items[index] ?? null);
      return;
    }
    for (let i = 0; i < span.size; i++) visit(d + 1, index * (array.dims[d] ?? 0) + span.from + i);
  };
  visit(0, 0);
  return { items, dims: spans.map(({ size }) => size), lower: spans.map(() => 1) };
}

function sameShape(a: Shape, b: Shape): boolean {
  const same = (x: number[], y: number[]) => x.length === y.length && x.every((value, i) => value === y[i]);
  return same(a.dims, b.dims) && same(a.lower, b.lower);
}
