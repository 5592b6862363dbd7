import type { LoadSubsetOptions, SyncConfig } from "@tanstack/react-db";

/**
 * Makes a collection that is synced on demand warn in the console when a query loads the whole table. Such a query works,
 * but it is as slow as the table is long. For development.
 *
 * A query loads the whole table when no condition and no limit of the query is about the table itself. The usual cause is
 * a join whose condition lies on the other side.
 *
 * @param name the name of the collection, such as `readings`
 */
export function warnOfWholeTable<Row extends object>(
  name: string,
  sync: SyncConfig<Row, string | number>,
): SyncConfig<Row, string | number> {
  return {
    ...sync,
    sync: (parameters) => {
      const started = sync.sync(parameters);
      if (typeof started !== "object" || !started.loadSubset) return started;
      const { loadSubset } = started;
      return {
        ...started,
        loadSubset: (wanted) => {
          if (isWhole(wanted)) console.warn(message(name));
          return loadSubset(wanted);
        },
      };
    },
  };
}

function isWhole({ where, limit, cursor }: LoadSubsetOptions): boolean {
  return where === undefined && limit === undefined && cursor === undefined;
}

function message(name: string): string {
  return `sync: a query loads the whole table of "${name}", which is synced on demand. Give the query a condition on a column of "${name}", or an order and a limit:
  q.from({ row: collections.${name} }).where(({ row }) => eq(row.parentId, id))
  q.from({ row: collections.${name} }).orderBy(({ row }) => row.createdAt, "desc").limit(50)
In a join, begin with the table that has the condition, and use leftJoin. Then only the rows that belong to the found rows are loaded:
  q.from({ parent }).where(({ parent }) => …).leftJoin({ row: collections.${name} }, ({ parent, row }) => eq(row.parentId, parent.id))`;
}
