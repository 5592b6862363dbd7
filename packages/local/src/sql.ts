import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import pg from "pg";
import { forgetLibpq } from "./shell-environment.ts";
import { StackError } from "./stack-error.ts";

const addressFile = (dataDir: string) => join(resolve(dataDir), "database-url");

/** Leaves the database's address where `runSql` finds it; gives the way to take it back. */
export async function publishAddress(dataDir: string, databaseUrl: string): Promise<() => Promise<void>> {
  await writeFile(addressFile(dataDir), databaseUrl, { mode: 0o600 });
  return () => rm(addressFile(dataDir), { force: true });
}

/**
 * Runs SQL on the database of the stack that runs on a data folder, as somebody would who knows nothing of the app.
 *
 * @returns what each statement answers: its command tag, such as `UPDATE 1`, and its rows
 * @throws StackError when no stack runs there, or with Postgres' own words when it refuses the statement
 */
export async function runSql(dataDir: string, text: string): Promise<{ tag: string; rows: object[] }[]> {
  const url = await readFile(addressFile(dataDir), "utf8").catch((cause) => {
    throw new StackError(`No stack is running on ${resolve(dataDir)}.`, "Start it first: npm run dev", {
      cause,
    });
  });
  // The variables mean the stack's database only where the shell also says which database that is.
  if (!process.env.DATABASE_URL) forgetLibpq();
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const results = [await client.query<object>(text)].flat();
    return results.map(({ command, rowCount, rows }) => ({
      tag: `${command} ${rowCount ?? ""}`.trim(),
      rows,
    }));
  } catch (cause) {
    const refused = cause instanceof pg.DatabaseError;
    throw new StackError(
      refused
        ? `Postgres refused the statement: ${cause.message}`
        : `The database of ${resolve(dataDir)} does not answer.`,
      refused ? "Correct it, and run it again." : "Start the stack again: npm run dev",
      { cause },
    );
  } finally {
    await client.end().catch(() => {});
  }
}
