import type { Table } from "../catalog/table.ts";
import type { Cell, Relation } from "../replication/pgoutput.ts";
import { getOrMake } from "./get-or-make.ts";
import type { Shape } from "./shape.ts";

/** The shapes of one table, filed so that a change finds those it may concern without asking each. */
class TableRoutes {
  /** `column = value` → shapes that show only rows with this value. */
  readonly #equal = new Map<string, Map<string, Set<Shape>>>();
  /** Shapes that every change may concern. */
  readonly #rest = new Set<Shape>();
  readonly all = new Set<Shape>();

  add(shape: Shape): void {
    this.all.add(shape);
    const equality = routable(shape);
    if (!equality) {
      this.#rest.add(shape);
      return;
    }
    const values = getOrMake(this.#equal, equality.column, () => new Map<string, Set<Shape>>());
    getOrMake(values, equality.value, () => new Set<Shape>()).add(shape);
  }

  remove(shape: Shape): void {
    this.all.delete(shape);
    this.#rest.delete(shape);
    const equality = routable(shape);
    if (!equality) return;
    const values = this.#equal.get(equality.column);
    const shapes = values?.get(equality.value);
    shapes?.delete(shape);
    if (shapes?.size === 0) values?.delete(equality.value);
    if (values?.size === 0) this.#equal.delete(equality.column);
  }

  /** The shapes that a change between these rows may concern. */
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

/** A test `column = value` that a row must pass to be in the shape. Shapes with sub-queries see whole tables. */
function routable({ definition }: Shape): { column: string; value: string } | undefined {
  return definition.plan ? undefined : definition.where?.equalities[0];
}

/** The tables whose changes a shape must see. */
function tablesOf({ definition }: Shape): Table[] {
  return [definition.table, ...definition.innerTables.filter((inner) => inner.oid !== definition.table.oid)];
}

/** Finds the shapes that a change may concern. */
export class Router {
  readonly #tables = new Map<number, TableRoutes>();
  /** Partition → partitioned tables above it that shapes are made of. */
  readonly #parents = new Map<number, Set<number>>();

  add(shape: Shape): void {
    for (const table of tablesOf(shape)) {
      getOrMake(this.#tables, table.oid, () => new TableRoutes()).add(shape);
      for (const leaf of table.leaves) this.addPartition(leaf.oid, table.oid);
    }
  }

  addPartition(leaf: number, parent: number): void {
    getOrMake(this.#parents, leaf, () => new Set<number>()).add(parent);
  }

  remove(shape: Shape): void {
    for (const { oid } of tablesOf(shape)) {
      const routes = this.#tables.get(oid);
      routes?.remove(shape);
      if (routes?.all.size === 0) this.#tables.delete(oid);
    }
  }

  /** True when some shape shows rows of this table. */
  concerns(oid: number): boolean {
    if (this.#tables.has(oid)) return true;
    for (const parent of this.#parents.get(oid) ?? []) if (this.#tables.has(parent)) return true;
    return false;
  }

  /** The shapes made of this table, or of one that it is a partition of. */
  *ofTable(oid: number): Iterable<Shape> {
    yield* this.#tables.get(oid)?.all ?? [];
    for (const parent of this.#parents.get(oid) ?? []) yield* this.#tables.get(parent)?.all ?? [];
  }

  *candidates(relation: Relation, old: Cell[] | null, now: Cell[] | null): Iterable<Shape> {
    yield* this.#tables.get(relation.oid)?.candidates(relation, old, now) ?? [];
    for (const parent of this.#parents.get(relation.oid) ?? []) {
      yield* this.#tables.get(parent)?.candidates(relation, old, now) ?? [];
    }
  }
}
