import type { TableColumn } from "../catalog/table.ts";
import type { Value, ValueChange } from "./move.ts";

const numberTypes = new Set(["int2", "int4", "int8", "float4", "float8", "numeric"]);

/**
 * Puts the values that a transaction added and removed into the order in which Electric sends them. Values ascend; but
 * added values that precede the greatest removed value come last and descend, and so do removed values that precede the
 * greatest added value. `columns` are the columns that the sub-query selects.
 */
export function inOrder({ added, removed }: ValueChange, columns: (TableColumn | undefined)[]): ValueChange {
  const compare = (a: Value, b: Value) => {
    for (const [i, column] of columns.entries()) {
      const order = compareCells(a[i] ?? null, b[i] ?? null, column);
      if (order !== 0) return order;
    }
    return 0;
  };
  const arrange = (values: Value[], others: Value[]): Value[] => {
    const ascending = values.toSorted(compare);
    const greatest = others.toSorted(compare).at(-1);
    const preceding = greatest ? ascending.filter((value) => compare(value, greatest) < 0) : [];
    return [...ascending.slice(preceding.length), ...preceding.reverse()];
  };
  return { added: arrange(added, removed), removed: arrange(removed, added) };
}

function compareCells(a: string | null, b: string | null, column: TableColumn | undefined): number {
  if (a === b) return 0;
  const type = column?.baseTypeName ?? column?.typeName ?? "";
  if (numberTypes.has(type)) {
    // Electric orders Erlang terms: NULL, an atom, is greater than every number and less than every text.
    if (a === null || b === null) return a === null ? 1 : -1;
    if (type === "int8") return BigInt(a) < BigInt(b) ? -1 : 1;
    return Number(a) - Number(b);
  }
  if (type === "bool") return compareTexts(a ?? "nil", b ?? "nil");
  if (a === null || b === null) return a === null ? -1 : 1;
  return compareTexts(a, b);
}

const compareTexts = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
