import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { type ShapeServer, startShapeServer } from "../../src/index.ts";
import type { ShapeServerOptions } from "../../src/server.ts";
import { createDatabase } from "../replay/database.ts";

/** A server on a database of its own, and a session with that. */
export async function serverUnderTest(
  clusterUrl: string,
  options: Partial<ShapeServerOptions> = {},
): Promise<{ server: ShapeServer; sql: Client; databaseUrl: string } & AsyncDisposable> {
  const database = await createDatabase(clusterUrl);
  const storageDir = await mkdtemp(join(tmpdir(), "shapes-"));
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  const server = await startShapeServer({
    databaseUrl: database.url,
    port: 0,
    host: "127.0.0.1",
    storageDir,
    longPollTimeout: 1_000,
    replicationStreamId: database.name,
    ...options,
  });
  return {
    server,
    sql,
    databaseUrl: database.url,
    async [Symbol.asyncDispose]() {
      await server.close();
      await sql.end();
      await database[Symbol.asyncDispose]();
      await rm(storageDir, { recursive: true, force: true });
    },
  };
}
