import type { Site } from "./site.ts";

/**
 * Keeps the tables that only a benchmark has out of a database that outlives the benchmark. On a stack of its own, a
 * benchmark's database goes with the stack, and nothing is done here.
 *
 * @returns removes the tables again when it is disposed of
 */
export async function withoutTables(
  { stack, sql }: Site,
  tables: readonly string[],
): Promise<AsyncDisposable> {
  if (stack.own) return { [Symbol.asyncDispose]: async () => {} };
  const drop = async () => void (await sql.query(`drop table if exists ${tables.join(", ")}`));
  // An earlier benchmark that was stopped has left its tables.
  await drop();
  const { rows } = await sql.query("select max(created_at) as newest from drizzle.__drizzle_migrations");
  return {
    [Symbol.asyncDispose]: async () => {
      await drop();
      await sql.query("delete from drizzle.__drizzle_migrations where created_at > $1", [rows[0].newest]);
    },
  };
}
