import type { Pool } from "pg";
import type { Catalog } from "../catalog/catalog.ts";
import { endedBy } from "../definition/ended-by.ts";
import type { KnownRelations } from "../replication/known-relations.ts";
import type { Relation } from "../replication/pgoutput.ts";
import type { Publication } from "../replication/publication.ts";
import type { Ingest } from "./ingest.ts";
import type { Registry } from "./registry.ts";
import type { Shape } from "./shape.ts";
import type { ShapeIndex } from "./shape-index.ts";

/** What there is to be told when a table has changed. */
export type Affected = {
  pool: Pool;
  catalog: Catalog;
  publication: Publication;
  registry: Registry;
  index: ShapeIndex;
  ingest: Ingest;
  known: KnownRelations;
};

/**
 * Takes in what the stream says of a table before the first of its rows, and again after every change of it. Shapes
 * that cannot go on with the table as it is now end.
 */
export async function takeRelation(relation: Relation, affected: Affected): Promise<void> {
  const { catalog, publication, registry, index, ingest, known } = affected;
  if (!ingest.wants(relation.oid)) await adoptPartition(relation, affected);
  if (!ingest.wants(relation.oid)) {
    ingest.relation(relation, undefined);
    known.remember(relation);
    return;
  }
  const shapes = [...index.ofTable(relation.oid)];
  const changed = known.changed(relation);
  // the stream does not say what the primary key is
  const table = await catalog.refresh(relation.oid);
  registry.retire(
    shapes.filter((shape) => endedBy(shape.definition, relation, changed)),
    "its table has changed",
  );
  if (!relation.full) {
    const own = shapes.filter(({ definition }) => definition.table.oid === relation.oid);
    registry.retire(own, "its table has lost REPLICA IDENTITY FULL");
    for (const { definition } of shapes) publication.forget(definition.table.oid);
    // a new partition: until this is done it may have rows inserted, but a change of one ends the shapes
    if (own.length < shapes.length) void completePartitions(shapes, catalog, publication);
  }
  known.remember(relation);
  ingest.relation(relation, table?.pk ?? shapes[0]?.definition.table.pk ?? []);
}

async function completePartitions(
  shapes: Shape[],
  catalog: Catalog,
  publication: Publication,
): Promise<void> {
  for (const oid of new Set(shapes.map(({ definition }) => definition.table.oid))) {
    try {
      const table = await catalog.refresh(oid);
      if (table) await publication.ensure(table);
    } catch {
      // the next change says what it costs
    }
  }
}

/** A table that no shape is made of is streamed: perhaps it is a new partition of one. */
async function adoptPartition({ oid }: Relation, { pool, index }: Affected): Promise<void> {
  const { rows } = await pool.query<{ oid: string }>(
    "SELECT relid::oid::text AS oid FROM pg_partition_ancestors($1::oid::regclass) WHERE relid <> $1::oid",
    [oid],
  );
  for (const ancestor of rows) index.addPartition(oid, Number(ancestor.oid));
}
