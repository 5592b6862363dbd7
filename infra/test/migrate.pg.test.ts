import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import getPort from "get-port";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

/** The passwords of the roles, which belong to the whole cluster of the test run. */
const passwords = { appPassword: "app", electricPassword: "electric" };

const admin = new pg.Client({ connectionString: inject("postgresUrl") });
beforeAll(() => admin.connect());
afterAll(() => admin.end());

test("the command waits for a database that was just made, and makes its tables", async () => {
  const url = await newDatabase();
  const { hostname, port } = url;
  const later = new URL(url);
  later.port = String(await getPort());
  const run = migrate(later.href, "--keep-former");
  await run.said("does not answer yet");

  const gate = createServer((socket) => {
    const postgres = connect(Number(port), hostname);
    socket.pipe(postgres).pipe(socket);
  }).listen(Number(later.port), later.hostname);
  expect(await run.ended).toMatchObject({ code: 0, output: expect.stringContaining("the newest schema") });
  gate.close();
  expect(await tablesOf(url)).toContain("user");
  expect(await namesOf(url, "select pubname as name from pg_publication")).toEqual([
    "electric_publication_default",
  ]);
});

test("the command fails when a migration fails, and tells no password", async () => {
  const url = await newDatabase();
  await asOwner(url, 'create table "user" (id int)');
  const { code, output } = await migrate(url.href).ended;
  expect(code).toBe(1);
  expect(output).toContain('relation "user" already exists');
  expect(output).not.toContain(`:${url.password}@`);
  expect(await tablesOf(url)).toEqual(["user"]);
});

/** Runs the command as a deployment does. */
function migrate(url: string, ...flags: string[]) {
  const { promise, resolve: speak } = Promise.withResolvers<void>();
  let waited: string | undefined;
  const command = fileURLToPath(new URL("../tools/migrate.ts", import.meta.url));
  const child = spawn(process.execPath, [command, ...flags], {
    env: {
      PATH: process.env.PATH,
      ELECTRIC_REPLICATION_STREAM_ID: "",
      SST_RESOURCE_App: JSON.stringify({ name: "app", stage: "ada" }),
      SST_RESOURCE_DatabaseDirect: JSON.stringify({ url, ...passwords }),
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (waited && output.includes(waited)) speak();
    });
  const ended = once(child, "close").then(([code]: unknown[]) => ({ code, output }));
  const said = (words: string) => {
    waited = words;
    return Promise.race([promise, ended.then(() => Promise.reject(new Error(output)))]);
  };
  return { ended, said };
}

async function newDatabase(): Promise<URL> {
  const name = `migrate_${randomUUID().replaceAll("-", "")}`;
  await admin.query(`create database ${name}`);
  const url = new URL(inject("postgresUrl"));
  url.pathname = name;
  return url;
}

function tablesOf(url: URL): Promise<string[]> {
  return namesOf(url, "select tablename as name from pg_tables where schemaname = 'public'");
}

async function namesOf(url: URL, query: string): Promise<string[]> {
  const { rows } = await asOwner(url, query);
  return rows.map(({ name }) => name);
}

async function asOwner(url: URL, statement: string): Promise<pg.QueryResult<{ name: string }>> {
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}
