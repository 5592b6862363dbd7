import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { Client } from "pg";
import { createDatabase } from "../replay/database.ts";

/** What a program runs on that a test ends and starts again: a database and a folder that both outlive the program. */
export interface Ground extends AsyncDisposable {
  readonly sql: Client;
  readonly storageDir: string;
  /** The settings of the program. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Makes a database and an empty folder for a program.
 *
 * @param postgresUrl the address of the Postgres that all tests share
 * @param tables SQL that makes the tables
 */
export async function openGround(postgresUrl: string, tables: string): Promise<Ground> {
  await using opened = new AsyncDisposableStack();
  const storageDir = await mkdtemp(join(tmpdir(), "shapes-"));
  opened.defer(() => rm(storageDir, { recursive: true, force: true }));
  const database = opened.use(await createDatabase(postgresUrl));
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  opened.defer(() => sql.end());
  await sql.query(tables);
  const environment = {
    DATABASE_URL: database.url,
    ELECTRIC_PORT: String(await getPort()),
    ELECTRIC_INSECURE: "true",
    ELECTRIC_STORAGE_DIR: storageDir,
    ELECTRIC_REPLICATION_STREAM_ID: database.name,
  };
  const closing = opened.move();
  return { sql, storageDir, environment, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}
