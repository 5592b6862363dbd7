import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@tracer/local/postgres";
import { Client } from "pg";
import { Child, nothing, text } from "./child.ts";
import { benchLatency } from "./latency.ts";
import { benchMemory } from "./memory.ts";
import { benchSnapshot } from "./snapshot.ts";
import { type Line, print } from "./table.ts";
import { benchThroughput } from "./throughput.ts";

// Measures the server against raw Postgres in one run, over loopback. Names of parts may be given: snapshot, latency,
// throughput, memory.

const PARTS = ["memory", "snapshot", "latency", "throughput"];
const wanted = process.argv.length > 2 ? process.argv.slice(2) : PARTS;
const GIVE_UP_MS = 10 * 60_000;

setTimeout(() => {
  console.error("The benchmark takes too long.");
  process.exit(1);
}, GIVE_UP_MS).unref();

const home = await mkdtemp(join(tmpdir(), "shape-bench-"));
// the disk is not what is measured
const postgres = await startPostgres({ dataDir: join(home, "postgres"), fsync: false });
try {
  const databaseUrl = await postgres.createDatabase("bench");
  const sql = new Client({ connectionString: databaseUrl });
  await sql.connect();
  await sql.query(`CREATE TABLE items (id int4 PRIMARY KEY, n int8, body text);
    INSERT INTO items SELECT i, 0, 'some words' FROM generate_series(1, 2000) i;
    ALTER TABLE items REPLICA IDENTITY FULL;
    CREATE PUBLICATION raw FOR TABLE items`);
  await sql.query("SELECT pg_create_logical_replication_slot('raw', 'pgoutput')");
  await using raw = new Child("raw-process.ts");
  await using clients = new Child("clients-process.ts");
  await using server = new Child("server-process.ts", [
    "--expose-gc",
    ...(process.env.SHAPE_BENCH_NODE?.split(" ") ?? []),
  ]);
  const url = await server.ask("start", { databaseUrl, storageDir: join(home, "shapes") }, text);
  await raw.ask("start", databaseUrl, nothing);
  const parts: Record<string, () => Promise<Line[]>> = {
    memory: () => benchMemory(sql, url, server, clients),
    snapshot: () => benchSnapshot(databaseUrl, url),
    latency: () => benchLatency(sql, url, raw, clients),
    throughput: () => benchThroughput(sql, url, server, raw, clients),
  };
  console.log(`${cpus()[0]?.model ?? "?"}, ${availableParallelism()} cores, Node ${process.version}`);
  const lines: Line[] = [];
  for (const name of PARTS) {
    if (!wanted.includes(name)) continue;
    console.log(`measuring ${name} …`);
    lines.push(...((await parts[name]?.()) ?? []));
  }
  print(lines);
  await sql.end();
} finally {
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
}
