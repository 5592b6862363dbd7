import type { Relation } from "./pgoutput.ts";

/** What is kept of a relation message. */
export type KnownRelation = {
  oid: number;
  schema: string;
  name: string;
  columns: [name: string, typeOid: number][];
};

/**
 * The tables as the stream described them last. Electric compares one description with the next, not with the catalog:
 * a change of a table that it had not been told of before passes unnoticed, unless it is in the number of columns.
 */
export class KnownRelations {
  readonly #known: Map<number, KnownRelation>;
  readonly #save: (known: KnownRelation[]) => void;

  /** @param save keeps them for the next run. */
  constructor(stored: KnownRelation[], save: (known: KnownRelation[]) => void) {
    this.#known = new Map(stored.map((relation) => [relation.oid, relation]));
    this.#save = save;
  }

  /** The names of columns that came, went or changed their type since the table was described last. */
  changed(relation: Relation): Set<string> {
    const before = this.#known.get(relation.oid);
    if (before?.schema !== relation.schema || before.name !== relation.name) return new Set();
    const old = new Map(before.columns);
    const now = new Map(columnsOf(relation));
    const names = new Set([...old.keys(), ...now.keys()]);
    return new Set([...names].filter((name) => old.get(name) !== now.get(name)));
  }

  /** To be called when what `changed` told has had its consequences. */
  remember(relation: Relation): void {
    const { oid, schema, name } = relation;
    const now: KnownRelation = { oid, schema, name, columns: columnsOf(relation) };
    if (JSON.stringify(this.#known.get(oid)) === JSON.stringify(now)) return;
    this.#known.set(oid, now);
    this.#save([...this.#known.values()]);
  }

  /** What was known was of another stream. */
  forget(): void {
    this.#known.clear();
    this.#save([]);
  }
}

const columnsOf = (relation: Relation): KnownRelation["columns"] =>
  relation.columns.map((column) => [column.name, column.typeOid]);
