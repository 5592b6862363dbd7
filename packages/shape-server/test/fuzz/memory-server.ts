import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { startShapeServer } from "../../src/index.ts";

// Started by a test as a process of its own: a server that says how much memory it uses. Beyond 50 shapes it drops some.

const { DATABASE_URL = "", STREAM_ID = "", STORAGE_DIR = "" } = process.env;
const sql = new Client({ connectionString: DATABASE_URL });
await sql.connect();
await sql.query("CREATE TABLE items (id int4 PRIMARY KEY, name text, active boolean, tags text[])");
await sql.query("INSERT INTO items SELECT i, 'item ' || i FROM generate_series(1, 20) i");
await sql.end();
const server = await startShapeServer({
  databaseUrl: DATABASE_URL,
  replicationStreamId: STREAM_ID,
  storageDir: STORAGE_DIR,
  port: 0,
  host: "127.0.0.1",
  longPollTimeout: 50,
  maxShapes: 50,
});
process.on("message", async () => {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await delay(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
});
process.once("SIGTERM", () => server.close().then(() => process.exit(0)));
process.send?.(server.port);
