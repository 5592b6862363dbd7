import type { Definition } from "../definition/definition.ts";
import { Projection } from "../definition/projection.ts";
import type { Relation } from "../replication/pgoutput.ts";
import { getOrInsert } from "./get-or-insert.ts";

/** A table as the stream describes it at present, and the projections that turn its changes into messages. */
export class StreamedTable {
  readonly relation: Relation;
  readonly #pk: string[] | undefined;
  /** Shapes that show the same columns in the same way share a projection. */
  readonly #projections = new Map<string, Projection>();

  /** @param pk the primary key; undefined when no shape used the table as it was described, so that nobody asked. */
  constructor(relation: Relation, pk: string[] | undefined) {
    this.relation = relation;
    this.#pk = pk;
  }

  /** The primary key of the table's rows, for a shape. */
  pkFor({ table }: Definition): string[] {
    return this.#pk ?? table.pk;
  }

  projectionFor(definition: Definition): Projection {
    const { columns, selectsAll, where, replica, table } = definition;
    const key = JSON.stringify([
      table.oid,
      selectsAll && !where ? null : columns.map((column) => column.name),
      replica,
    ]);
    return getOrInsert(
      this.#projections,
      key,
      () => new Projection(definition, this.relation, this.pkFor(definition)),
    );
  }
}
