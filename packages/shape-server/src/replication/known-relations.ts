import type { Relation } from "./pgoutput.ts";

/** The part of a relation message that is remembered. */
export interface KnownRelation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: [name: string, typeOid: number][];
}

/**
 * The tables as the stream described them last. Electric compares one description with the next, and neither with the
 * catalog. So a change passes unnoticed in a table that the stream describes for the first time, unless the number of
 * columns has changed.
 */
export class KnownRelations {
  readonly #known: Map<number, KnownRelation>;
  readonly #save: (known: KnownRelation[]) => void;

  /** @param save keeps the tables for the server's next run. */
  constructor(stored: KnownRelation[], save: (known: KnownRelation[]) => void) {
    this.#known = new Map(stored.map((relation) => [relation.oid, relation]));
    this.#save = save;
  }

  /** The names of the columns that were added, dropped or given another type since the last description. */
  changed(relation: Relation): Set<string> {
    const before = this.#known.get(relation.oid);
    if (before?.schema !== relation.schema || before.name !== relation.name) return new Set();
    const old = new Map(before.columns);
    const now = new Map(columnsOf(relation));
    const names = new Set([...old.keys(), ...now.keys()]);
    return new Set([...names].filter((name) => old.get(name) !== now.get(name)));
  }

  /** Makes `relation` the last description. Called after the shapes that `changed` concerns have ended. */
  remember(relation: Relation): void {
    const { oid, schema, name } = relation;
    const now: KnownRelation = { oid, schema, name, columns: columnsOf(relation) };
    if (JSON.stringify(this.#known.get(oid)) === JSON.stringify(now)) return;
    this.#known.set(oid, now);
    this.#save([...this.#known.values()]);
  }

  /** Forgets every table, since the descriptions came from another stream. */
  forget(): void {
    this.#known.clear();
    this.#save([]);
  }
}

const columnsOf = (relation: Relation): KnownRelation["columns"] =>
  relation.columns.map((column) => [column.name, column.typeOid]);
