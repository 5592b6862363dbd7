import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import pg from "pg";
import { forgetLibpq } from "./shell-environment.ts";
import { StackError } from "./stack-error.ts";

const addressFile = (dataDir: string) => join(resolve(dataDir), "database-url");

/**
 * Writes the database's URL into the data folder, where `runSql` finds it.
 *
 * @returns a function that removes the URL again
 */
export async function publishAddress(dataDir: string, databaseUrl: string): Promise<() => Promise<void>> {
  await writeFile(addressFile(dataDir), databaseUrl, { mode: 0o600 });
  return () => rm(addressFile(dataDir), { force: true });
}

/**
 * Runs SQL on the database of the stack that uses a data folder, past the app.
 *
 * @param text one statement, or several with semicolons between them
 * @returns for each statement its command tag, such as `UPDATE 1`, and its rows
 * @throws StackError when no stack runs on the folder, or with Postgres' message when Postgres refuses a statement
 */
export async function runSql(dataDir: string, text: string): Promise<{ tag: string; rows: object[] }[]> {
  const url = await readFile(addressFile(dataDir), "utf8").catch((cause) => {
    throw new StackError(`No stack is running on ${resolve(dataDir)}.`, "Start it first: npm run dev", {
      cause,
    });
  });
  // The shell's libpq variables count only when the shell also names the database.
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
      refused ? "Correct the statement, and run it again." : "Start the stack again: npm run dev",
      { cause },
    );
  } finally {
    await client.end().catch(() => {});
  }
}
