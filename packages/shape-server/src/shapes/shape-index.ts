import type { Table } from "../catalog/table.ts";
import type { Cell, Relation } from "../replication/pgoutput.ts";
import { getOrInsert } from "./get-or-insert.ts";
import type { Shape } from "./shape.ts";

/** The shapes of one table, by the values that their rows must have: a change is compared with few of the shapes. */
class TableIndex {
  /** Column → value → the shapes whose rows all have this value in this column. */
  readonly #equal = new Map<string, Map<string, Set<Shape>>>();
  /** Shapes that any change of the table may concern. */
  readonly #rest = new Set<Shape>();
  readonly all = new Set<Shape>();

  add(shape: Shape): void {
    this.all.add(shape);
    const equality = indexedEquality(shape);
    if (!equality) {
      this.#rest.add(shape);
      return;
    }
    const values = getOrInsert(this.#equal, equality.column, () => new Map<string, Set<Shape>>());
    getOrInsert(values, equality.value, () => new Set<Shape>()).add(shape);
  }

  remove(shape: Shape): void {
    this.all.delete(shape);
    this.#rest.delete(shape);
    const equality = indexedEquality(shape);
    if (!equality) return;
    const values = this.#equal.get(equality.column);
    const shapes = values?.get(equality.value);
    shapes?.delete(shape);
    if (shapes?.size === 0) values?.delete(equality.value);
    if (values?.size === 0) this.#equal.delete(equality.column);
  }

  /** The shapes that a change from `old` to `now` may concern. */
  candidates(relation: Relation, old: Cell[] | null, now: Cell[] | null): Iterable<Shape> {
    if (this.#equal.size === 0) return this.#rest;
    const found = new Set(this.#rest);
    for (const [column, values] of this.#equal) {
      const i = relation.columns.findIndex((candidate) => candidate.name === column);
      for (const row of [old, now]) {
        const cell = row?.[i];
        if (typeof cell !== "string") continue;
        for (const shape of values.get(cell) ?? []) found.add(shape);
      }
    }
    return found;
  }
}

/**
 * A test `column = value` that every row of the shape passes. A shape with sub-queries has none, since it takes in all
 * changes of its tables.
 */
function indexedEquality({ definition }: Shape): { column: string; value: string } | undefined {
  return definition.plan ? undefined : definition.where?.equalities[0];
}

/** The tables whose changes a shape takes in: its own and those of its sub-queries. */
function tablesOf({ definition }: Shape): Table[] {
  return [definition.table, ...definition.innerTables.filter((inner) => inner.oid !== definition.table.oid)];
}

/** Finds the shapes that a change of a row may concern. Tables are named by their oids. */
export class ShapeIndex {
  readonly #tables = new Map<number, TableIndex>();
  /** Partition → the partitioned tables above the partition. */
  readonly #parents = new Map<number, Set<number>>();

  add(shape: Shape): void {
    for (const table of tablesOf(shape)) {
      getOrInsert(this.#tables, table.oid, () => new TableIndex()).add(shape);
      for (const leaf of table.leaves) this.addPartition(leaf.oid, table.oid);
    }
  }

  /** Changes of the partition `leaf` concern the shapes of `parent` from now on. */
  addPartition(leaf: number, parent: number): void {
    getOrInsert(this.#parents, leaf, () => new Set<number>()).add(parent);
  }

  remove(shape: Shape): void {
    for (const { oid } of tablesOf(shape)) {
      const index = this.#tables.get(oid);
      index?.remove(shape);
      if (index?.all.size === 0) this.#tables.delete(oid);
    }
  }

  /** True when a shape takes in changes of this table. */
  concerns(oid: number): boolean {
    if (this.#tables.has(oid)) return true;
    for (const parent of this.#parents.get(oid) ?? []) if (this.#tables.has(parent)) return true;
    return false;
  }

  /** The shapes that take in changes of this table, or of a table that it is a partition of. */
  *ofTable(oid: number): Iterable<Shape> {
    yield* this.#tables.get(oid)?.all ?? [];
    for (const parent of this.#parents.get(oid) ?? []) yield* this.#tables.get(parent)?.all ?? [];
  }

  /** The shapes that a change of a row from `old` to `now` may concern; null stands for no row. */
  *candidates(relation: Relation, old: Cell[] | null, now: Cell[] | null): Iterable<Shape> {
    yield* this.#tables.get(relation.oid)?.candidates(relation, old, now) ?? [];
    for (const parent of this.#parents.get(relation.oid) ?? []) {
      yield* this.#tables.get(parent)?.candidates(relation, old, now) ?? [];
    }
  }
}
