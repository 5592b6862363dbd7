import { inArray, type SQL } from "drizzle-orm";
import { getTableConfig, type PgColumn, type PgTable, QueryBuilder } from "drizzle-orm/pg-core";
import type { Access } from "./access.ts";

/**
 * Declares that rows belong to a parent: whoever may read the parent reads its rows, and whoever may change the parent
 * adds, changes and deletes its rows. A row moves to another parent only by the hands of somebody who may change both.
 * Parents may have parents, to any depth.
 *
 * @param column the column with the id of the parent. Its foreign key says which table that is
 * @param parent the rule of the parent's table. A function, if the two schema files import each other
 */
export function within(column: PgColumn, parent: Access | (() => Access)): Access {
  const rule = () => (typeof parent === "function" ? parent() : parent);
  const writable = (userId: string) => inParents(column, rule().writable(userId));
  return {
    readable: (userId) => inParents(column, rule().readable(userId)),
    writable,
    deletable: writable,
    result: writable,
  };
}

/** The condition for rows whose parent fulfils a condition. */
function inParents(column: PgColumn, condition: SQL): SQL {
  const { table, key } = parentOf(column);
  return inArray(column, new QueryBuilder().select({ key }).from(table).where(condition));
}

/**
 * Returns the table to which a column refers, and the key of that table.
 *
 * @throws when the column has no foreign key of its own
 */
export function parentOf(column: PgColumn): { table: PgTable; key: PgColumn } {
  const { name, foreignKeys } = getTableConfig(column.table);
  for (const foreignKey of foreignKeys) {
    const { columns, foreignColumns, foreignTable } = foreignKey.reference();
    const [key] = foreignColumns;
    if (columns.length === 1 && columns[0] === column && key) return { table: foreignTable, key };
  }
  throw new Error(`${name}.${column.name} refers to no table. Give it .references(() => …).`);
}
