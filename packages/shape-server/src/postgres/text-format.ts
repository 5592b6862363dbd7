import type { ClientBase } from "pg";

/** The settings with which Postgres prints values as Electric's sync service shows them, as SQL. */
export const textSettings = [
  "SET bytea_output = 'hex'",
  "SET DateStyle = 'ISO, DMY'",
  "SET TimeZone = 'UTC'",
  "SET IntervalStyle = 'iso_8601'",
  "SET extra_float_digits = 1",
].join("; ");

const asText = { getTypeParser: () => (value: string) => value };

/** Runs a query. Its rows are arrays of values as Postgres prints them, `null` for SQL's NULL. */
export async function textRows(client: ClientBase, sql: string): Promise<(string | null)[][]> {
  const query = { text: sql, rowMode: "array" as const, types: asText };
  const { rows } = await client.query<(string | null)[]>(query);
  return rows;
}
