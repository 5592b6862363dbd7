import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Postgres, startPostgres } from "@tracer/local/postgres";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NotReadyError } from "../../src/errors/not-ready-error.ts";
import { SetupError, type ShapeServerOptions, startShapeServer } from "../../src/index.ts";
import { listen } from "../../src/server.ts";
import { dropSlots } from "../replay/database.ts";
import { health, spawnProgram } from "./program.ts";
import { Reader } from "./reader.ts";

// What happens to the database under the server. The cluster is this file's own: it is killed and restarted.

let directory: string;
let postgres: Postgres;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "trouble-"));
  postgres = await startPostgres({ dataDir: join(directory, "pg"), fsync: false });
});

afterAll(async () => {
  await postgres?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** A database with the table `items`, and the settings of a server for it. */
async function setUp(): Promise<{
  options: ShapeServerOptions;
  name: string;
  sql: (text: string) => Promise<Row[]>;
}> {
  const name = `t${randomUUID().slice(0, 8)}`;
  const databaseUrl = await postgres.createDatabase(name);
  const sql = async (text: string) => {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  };
  await sql("CREATE TABLE items (id int PRIMARY KEY, v text)");
  await sql("INSERT INTO items VALUES (1, 'a')");
  const storageDir = join(directory, name);
  return {
    options: { databaseUrl, port: 0, storageDir, replicationStreamId: name, longPollTimeout: 300 },
    name,
    sql,
  };
}

type Row = Record<string, string>;

const size = (count: number) => (rows: Reader["rows"]) => rows.size === count;

test("I-12: a restart of Postgres is survived: same handle, and nothing is missed", async () => {
  const { options, sql } = await setUp();
  await using server = await startShapeServer(options);
  const reader = new Reader({ table: "items" });
  await reader.until(() => server.url, size(1));
  const { handle } = reader;
  await postgres.kill();
  await expect.poll(() => health(server.url)).toBe("202 starting");
  postgres = await startPostgres({ dataDir: join(directory, "pg"), fsync: false, port: postgres.port });
  await sql("INSERT INTO items VALUES (2, 'b')");
  await reader.until(() => server.url, size(2));
  expect([reader.handle, reader.refetches]).toEqual([handle, 0]);
});

test("a slot that vanished is made again, and clients are told to start again", async () => {
  const { options, name, sql } = await setUp();
  const first = await startShapeServer(options);
  const reader = new Reader({ table: "items" });
  await reader.until(() => first.url, size(1));
  await first.close();
  await dropSlots(options.databaseUrl, `electric_slot_${name}`);
  await sql("INSERT INTO items VALUES (2, 'b')");
  await using server = await startShapeServer(options);
  await reader.until(() => server.url, size(2));
  expect(reader.refetches).toBe(1);
  await sql("INSERT INTO items VALUES (3, 'c')");
  await reader.until(() => server.url, size(3));
});

test("a publication that vanished is made again, and clients are told to start again", async () => {
  const { options, name, sql } = await setUp();
  await using server = await startShapeServer({ ...options, verifyInterval: 100 });
  const reader = new Reader({ table: "items" });
  await reader.until(() => server.url, size(1));
  await sql(`DROP PUBLICATION electric_publication_${name}`);
  await sql("INSERT INTO items VALUES (2, 'b')");
  await reader.until(() => server.url, size(2));
  expect(reader.refetches).toBe(1);
  await sql("INSERT INTO items VALUES (3, 'c')");
  await reader.until(() => server.url, size(3));
});

test("a second server waits for the slot and takes over when the first ends", async () => {
  const { options } = await setUp();
  const first = await startShapeServer(options);
  const elsewhere = { ...options, storageDir: `${options.storageDir}-2` };
  await expect(startShapeServer({ ...elsewhere, startTimeout: 1 })).rejects.toThrow(NotReadyError);
  await using second = await listen(elsewhere);
  await expect.poll(() => health(second.url)).toBe("202 waiting");
  await expect(second.ready(1)).rejects.toThrow(/replication slot/);
  await first.close();
  await expect.poll(() => health(second.url)).toBe("200 active");
});

test("servers with streams of their own live side by side on one database", async () => {
  const { options, name, sql } = await setUp();
  await using first = await startShapeServer(options);
  await using second = await startShapeServer({
    ...options,
    storageDir: `${options.storageDir}-2`,
    replicationStreamId: `${name}_2`,
  });
  const readers = [first, second].map(({ url }) => ({ url, reader: new Reader({ table: "items" }) }));
  for (const { url, reader } of readers) await reader.until(() => url, size(1));
  await sql("INSERT INTO items VALUES (2, 'b')");
  for (const { url, reader } of readers) await reader.until(() => url, size(2));
});

test("I-17: WAL is let go of also when no shape shows what happens", async () => {
  const { options, name, sql } = await setUp();
  await using server = await startShapeServer(options);
  await new Reader({ table: "items" }).until(() => server.url, size(1));
  await sql("CREATE TABLE other AS SELECT i, repeat('x', 1000) AS v FROM generate_series(1, 5000) i");
  const [before] = await sql("SELECT pg_current_wal_lsn()::text AS lsn");
  const held = async () => {
    const [row] = await sql(`SELECT (confirmed_flush_lsn < '${before?.lsn}'::pg_lsn)::text AS held
      FROM pg_replication_slots WHERE slot_name = 'electric_slot_${name}'`);
    return row?.held;
  };
  await expect.poll(held).toBe("false");
});

test("shapes that nobody uses go when there are too many, those in use stay", async () => {
  const { options } = await setUp();
  await using server = await startShapeServer({ ...options, maxShapes: 3, longPollTimeout: 60_000 });
  const used = new Reader({ table: "items" });
  await used.until(() => server.url, size(1));
  const { handle, offset } = used;
  const poll = fetch(
    `${server.url}/v1/shape?${new URLSearchParams({ table: "items", handle, offset, live: "true" })}`,
  );
  const idle = [1, 2, 3, 4].map((id) => new Reader({ table: "items", where: `id = ${id}` }));
  for (const reader of idle)
    await reader.until(
      () => server.url,
      () => true,
    );
  const [first] = idle;
  await first?.ask(server.url);
  expect(first?.refetches).toBe(1);
  await used.ask(server.url);
  expect(used.refetches).toBe(0);
  await server.close();
  expect((await poll).status).toBe(200);
});

test("a table that loses REPLICA IDENTITY FULL is not followed blindly", async () => {
  const { options, sql } = await setUp();
  await using server = await startShapeServer(options);
  const reader = new Reader({ table: "items" });
  await reader.until(() => server.url, size(1));
  await sql("ALTER TABLE items REPLICA IDENTITY DEFAULT");
  await sql("UPDATE items SET v = 'changed'");
  await reader.until(
    () => server.url,
    (rows) => [...rows.values()][0]?.v === "changed",
  );
  expect(reader.refetches).toBe(1);
  await sql("UPDATE items SET v = 'again'");
  await reader.until(
    () => server.url,
    (rows) => [...rows.values()][0]?.v === "again",
  );
});

test("a role without REPLICATION is told so, by the program with exit code 3", async () => {
  const { options, name, sql } = await setUp();
  await sql(`CREATE ROLE ${name} LOGIN PASSWORD 'p'`);
  const url = new URL(options.databaseUrl);
  url.username = name;
  url.password = "p";
  const failure = await startShapeServer({ ...options, databaseUrl: url.href }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(SetupError);
  expect(String(failure)).toMatch(/replication/i);
  const program = spawnProgram({
    DATABASE_URL: url.href,
    ELECTRIC_INSECURE: "true",
    ELECTRIC_PORT: "0",
    ELECTRIC_STORAGE_DIR: options.storageDir,
    ELECTRIC_LOG_LEVEL: "error",
  });
  await expect.poll(() => program.child.exitCode).toBe(3);
  expect(program.output()).toMatch(/REPLICATION/);
});

test("tables that the role may not publish or read are refused with the reason, until it may", async () => {
  const { options, name, sql } = await setUp();
  await sql(`CREATE ROLE ${name} LOGIN REPLICATION PASSWORD 'p'; GRANT CREATE ON DATABASE ${name} TO ${name};
    GRANT SELECT ON items TO ${name}; CREATE TABLE secrets (id int PRIMARY KEY)`);
  const url = new URL(options.databaseUrl);
  url.username = name;
  url.password = "p";
  await using server = await startShapeServer({ ...options, databaseUrl: url.href });
  await sql(`ALTER TABLE secrets REPLICA IDENTITY FULL;
    ALTER PUBLICATION electric_publication_${name} ADD TABLE secrets`);
  const ask = (table: string) => fetch(`${server.url}/v1/shape?table=${table}&offset=-1`);
  for (const [table, reason] of [
    ["items", /"items" cannot be published: .* The role must own it/],
    ["secrets", /cannot be read: permission denied for table secrets/],
  ] as const) {
    for (let i = 0; i < 2; i++) {
      const refused = await ask(table);
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "10"]);
      expect(refused.headers.get("electric-internal-known-error")).toBe("true");
      expect(await refused.json()).toEqual({ message: expect.stringMatching(reason) });
    }
  }
  await sql(`ALTER TABLE items OWNER TO ${name}; GRANT SELECT ON secrets TO ${name}`);
  for (const table of ["items", "secrets"]) expect((await ask(table)).status).toBe(200);
});

test("a place for the shapes that cannot be used is said at once", async () => {
  const { options } = await setUp();
  await writeFile(join(directory, "occupied"), "");
  const storageDir = join(directory, "occupied", "shapes");
  const failure = await startShapeServer({ ...options, storageDir }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SetupError);
  expect(String(failure)).toMatch(/occupied.*ENOTDIR/);
});

test("a database whose wal_level is not logical is refused with advice", async () => {
  const dataDir = join(directory, "replica");
  await using other = await startPostgres({ dataDir, fsync: false, settings: { wal_level: "replica" } });
  const options = { databaseUrl: other.url, port: 0, storageDir: join(directory, "other") };
  const failure = await startShapeServer(options).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SetupError);
  expect(String(failure)).toContain('wal_level is "replica"');
});
