import type { TableColumn } from "../catalog/table.ts";
import type { Value, ValueChange } from "./dependency.ts";

const NUMBERS = new Set(["int2", "int4", "int8", "float4", "float8", "numeric"]);

/**
 * Puts the values that a transaction added and removed into the order in which Electric tells them: that of the
 * values. Where it finds both kinds, it tells those that lie before the last of the other kind backwards, behind the
 * rest.
 */
export function inOrder({ added, removed }: ValueChange, columns: (TableColumn | undefined)[]): ValueChange {
  const compare = (a: Value, b: Value) => {
    for (const [i, column] of columns.entries()) {
      const order = compareCells(a[i] ?? null, b[i] ?? null, column);
      if (order !== 0) return order;
    }
    return 0;
  };
  const told = (values: Value[], others: Value[]): Value[] => {
    const sorted = values.toSorted(compare);
    const last = others.toSorted(compare).at(-1);
    const before = last ? sorted.filter((value) => compare(value, last) < 0) : [];
    return [...sorted.slice(before.length), ...before.reverse()];
  };
  return { added: told(added, removed), removed: told(removed, added) };
}

function compareCells(a: string | null, b: string | null, column: TableColumn | undefined): number {
  if (a === b) return 0;
  const type = column?.baseTypeName ?? column?.typeName ?? "";
  if (NUMBERS.has(type)) {
    // NULL comes after all numbers, and before all texts
    if (a === null || b === null) return a === null ? 1 : -1;
    if (type === "int8") return BigInt(a) < BigInt(b) ? -1 : 1;
    return Number(a) - Number(b);
  }
  if (type === "bool") return compareTexts(a ?? "nil", b ?? "nil");
  if (a === null || b === null) return a === null ? -1 : 1;
  return compareTexts(a, b);
}

const compareTexts = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
