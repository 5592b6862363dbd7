import { parse } from "libpg-query";

/** Whether Postgres' own grammar accepts a name for a table without quotes. */
export function isPlainTable(name: string): Promise<boolean> {
  return parses(`create table ${name} ()`);
}

/** Whether Postgres' own grammar accepts a name for a column without quotes. */
export function isPlainColumn(name: string): Promise<boolean> {
  return parses(`create table t (${name} int)`);
}

async function parses(statement: string): Promise<boolean> {
  try {
    await parse(statement);
    return true;
  } catch {
    return false;
  }
}
