import { db } from "@tracer/core/drizzle/database";
import { rootCause } from "@tracer/core/root-cause";
import { getTableName, type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Writes } from "~/lib/server/trpc/procedure";

/** An error of Postgres, as far as it says which values it refused. */
interface PostgresError {
  code: string;
  message: string;
  constraint?: string;
  column?: string;
}

/**
 * Says which constraint refused values that the suite guessed, and what to change. Undefined for every other error.
 *
 * @param error what a query rejected with
 */
export async function causeOf(table: PgTable, error: unknown): Promise<string | undefined> {
  const cause = rootCause(error);
  if (!isPostgresError(cause)) return undefined;
  const { code, message, constraint = "", column } = cause;
  const name = getTableName(table);
  const columns = (await columnsOf(name, constraint)).join(", ");
  const example = (key: string) => `${camel(key)}: (field) => field.meta({ examples: [ … ] })`;
  const [first = column ?? "theField"] = columns.split(", ").filter(Boolean);
  if (code === "23514") {
    return `The check "${constraint}" on ${columns} refused the values that the suite guessed. Give values that the check accepts, in the schemas of ${name}: ${example(first)}`;
  }
  if (code === "23505") {
    return `The unique constraint "${constraint}" on ${columns} refused a second row with the same values. The suite needs eight rows of each person. Give as many different values, in the schemas of ${name}: ${example(first)}`;
  }
  if (code === "23503") {
    return `The foreign key "${constraint}" on ${columns} asks for a row that is there, and the suite guessed a value. Declare the key on the column in the table's file: ${camel(first)}: ….references(() => …)`;
  }
  if (code === "23502") {
    return `The column "${column}" of ${name} takes no null, and the suite gave none of its values. Declare the column with .notNull() or with its default in the table's file, and offer the column in the insert schema`;
  }
  return `Postgres cannot hold a value that the suite guessed (${message}). Give values that fit, in the schemas of ${name}: ${example(column ?? "theField")}`;
}

/** Finds out which constraint refuses a person's row, by a write without the procedure that is rolled back. */
export async function whyRefused(
  { act, table, owner, ignored = [] }: NonNullable<Writes["row"]>,
  input: Record<string, unknown>,
  userId: string,
): Promise<string | undefined> {
  if (act === "delete") return undefined;
  const { id, ...changes } = Object.fromEntries(
    Object.entries(input).filter(([key]) => !ignored.includes(key)),
  );
  const undone = new Error("undone");
  try {
    await db.transaction(async (tx) => {
      if (act === "insert")
        await tx.insert(table).values({ id, ...changes, ...(owner && { [owner]: userId }) });
      else await tx.update(table).set(changes).where(idIs(table, id));
      throw undone;
    });
  } catch (error) {
    return error === undone ? undefined : await causeOf(table, error);
  }
  return undefined;
}

function idIs(table: PgTable, id: unknown): SQL {
  return sql`${table}.id = ${id}`;
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: 22 is a value that no type holds, 23 a constraint. */
function isPostgresError(cause: unknown): cause is PostgresError {
  return cause instanceof Error && "code" in cause && /^2[23]/.test(String(cause.code));
}

/** The columns of a constraint, or of a unique index. */
async function columnsOf(table: string, constraint: string): Promise<string[]> {
  const { rows } = await db.execute<{ name: string }>(sql`
    select a.attname as name from pg_attribute a
    where a.attrelid = to_regclass(${`"${table}"`}) and (
      exists (select 1 from pg_constraint c
        where c.conrelid = a.attrelid and c.conname = ${constraint} and a.attnum = any (c.conkey))
      or exists (select 1 from pg_index i join pg_class k on k.oid = i.indexrelid
        where i.indrelid = a.attrelid and k.relname = ${constraint} and a.attnum = any (i.indkey)))
    order by a.attnum`);
  return rows.map(({ name }) => name);
}

function camel(column: string): string {
  return column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
