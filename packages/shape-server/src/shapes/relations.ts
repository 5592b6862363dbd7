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

/** The parts of the server that a new description of a table concerns. */
export interface RelationTakers {
  readonly pool: Pool;
  readonly catalog: Catalog;
  readonly publication: Publication;
  readonly registry: Registry;
  readonly index: ShapeIndex;
  readonly ingest: Ingest;
  readonly known: KnownRelations;
}

/**
 * Takes in the stream's description of a table, which precedes the first change of the table's rows and the first one
 * after each change of the table itself. Shapes end that cannot go on with the table as it is now.
 */
export async function takeRelation(relation: Relation, takers: RelationTakers): Promise<void> {
  const { catalog, publication, registry, index, ingest, known } = takers;
  if (!ingest.wants(relation.oid)) await adoptPartition(relation, takers);
  if (!ingest.wants(relation.oid)) {
    catalog.forget(relation.oid);
    ingest.relation(relation, undefined);
    known.remember(relation);
    return;
  }
  const shapes = [...index.ofTable(relation.oid)];
  const changed = known.changed(relation);
  // The stream does not say what the primary key is.
  const table = await catalog.refresh(relation.oid);
  registry.retire(
    shapes.filter((shape) => endedBy(shape.definition, relation, changed)),
    "its table has changed",
  );
  if (!relation.full) {
    const own = shapes.filter(({ definition }) => definition.table.oid === relation.oid);
    registry.retire(own, "its table has lost REPLICA IDENTITY FULL");
    for (const { definition } of shapes) publication.forget(definition.table.oid);
    // The relation is a new partition. Rows may be inserted before it is published with whole old rows; the update or
    // the delete of a row ends the shapes until then.
    if (own.length < shapes.length) void completePartitions(shapes, catalog, publication);
  }
  known.remember(relation);
  ingest.relation(relation, table?.pk ?? shapes[0]?.definition.table.pk ?? []);
}

/** Publishes the partitions of the shapes' tables as the tables themselves. */
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
      // The next change of the partition ends the shapes if they cannot go on.
    }
  }
}

/** Notes the tables that a streamed table without shapes is a partition of, if any. */
async function adoptPartition({ oid }: Relation, { pool, index }: RelationTakers): Promise<void> {
  const { rows } = await pool.query<{ oid: string }>(
    "SELECT relid::oid::text AS oid FROM pg_partition_ancestors($1::oid::regclass) WHERE relid <> $1::oid",
    [oid],
  );
  for (const ancestor of rows) index.addPartition(oid, Number(ancestor.oid));
}
