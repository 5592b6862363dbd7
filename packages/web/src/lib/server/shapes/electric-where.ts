import "@tanstack/react-start/server-only";
import { Column, getTableName, is, SQL, type SQLChunk, sql, Table } from "drizzle-orm";
import { makePgArray, PgDialect, PgEnumColumn, type PgTable } from "drizzle-orm/pg-core";
import { TypedQueryBuilder } from "drizzle-orm/query-builders/query-builder";

const dialect = new PgDialect();

/**
 * Writes a Drizzle condition in the form that Electric's `where` accepts: columns without the name of the table, enums
 * compared as text, and every value as a parameter in Postgres' text form.
 *
 * @param table the table whose rows the condition selects
 * @throws when the condition, or a sub-query in the condition, uses a column of another table than its own, because
 *   Electric would use a column of the own table. And when a value has no text form, such as null
 */
export function electricWhere(table: PgTable, condition: SQL): { sql: string; params: string[] } {
  // "indexes" makes Drizzle write `"id"`, not `"user"."id"`, which Electric refuses.
  const query = dialect.sqlToQuery(withinTable(table, condition), "indexes");
  return { sql: query.sql, params: query.params.map(parameterText) };
}

function withinTable(table: Table, condition: SQL): SQL {
  return new SQL(condition.queryChunks.map((chunk) => rewritten(table, chunk)));
}

function rewritten(table: Table, chunk: SQLChunk): SQLChunk {
  if (is(chunk, Column)) {
    // Electric sees only the name of the column, and would use a column of the shape's table with the same name.
    if (chunk.table !== table) {
      throw new Error(
        `Electric compares columns of one table: ${getTableName(chunk.table)}.${chunk.name} does not belong to ${getTableName(table)}.`,
      );
    }
    // Electric cannot compare values of enum types.
    return is(chunk, PgEnumColumn) ? sql`${chunk}::text` : chunk;
  }
  if (Array.isArray(chunk)) return chunk.map((one) => rewritten(table, one));
  if (is(chunk, SQL)) return withinTable(table, chunk);
  if (!is(chunk, TypedQueryBuilder)) return chunk;
  const query = chunk.getSQL();
  return sql`(${withinTable(tableOf(query), query)})`;
}

/** Returns the one table that a sub-query reads. */
function tableOf(query: SQL): Table {
  const [table, ...more] = tablesIn(query);
  if (table && more.length === 0) return table;
  throw new Error("Electric's sub-queries read one table each.");
}

function tablesIn(query: SQL): Table[] {
  return query.queryChunks.flatMap((chunk) => {
    if (is(chunk, Table)) return [chunk];
    return is(chunk, SQL) ? tablesIn(chunk) : [];
  });
}

function parameterText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return makePgArray(value);
  throw new Error(`Electric takes no parameter such as ${value}: it has no text form.`);
}
