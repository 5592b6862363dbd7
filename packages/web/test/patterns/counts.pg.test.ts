import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import page from "../../../../docs/patterns.md?raw";

/** The migration of the recipe "Counts", as the page adds it. */
const migration = [...page.matchAll(/^\+(?!\+\+)(.*)$/gm)]
  .map(([, line = ""]) => line)
  .join("\n")
  .match(/^ALTER TABLE "projects" ADD COLUMN "message_count".*^UPDATE projects SET [^\n]*/ms)?.[0];

const [schema, harbor, attic] = [`counts_${randomUUID().replaceAll("-", "")}`, randomUUID(), randomUUID()];
const clients: pg.Client[] = [];

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  await client.query(`set search_path to ${schema}`);
  clients.push(client);
  return client;
}

let sql: pg.Client;

beforeAll(async () => {
  sql = await connect();
  await sql.query(
    `create schema ${schema};
     create table projects (id uuid primary key);
     create table messages (id uuid primary key default gen_random_uuid(),
       project_id uuid not null references projects on delete cascade);
     insert into projects values ('${harbor}'), ('${attic}');
     insert into messages (project_id) values ('${harbor}')`,
  );
  for (const statement of migration?.split("--> statement-breakpoint") ?? []) await sql.query(statement);
});

afterAll(async () => {
  await sql.query(`drop schema ${schema} cascade`);
  await Promise.all(clients.map((client) => client.end()));
});

const counts = async () => {
  const { rows } = await sql.query("select id, message_count from projects");
  const of = (id: string | undefined) => rows.find((row) => row.id === id)?.message_count;
  return [of(harbor), of(attic)];
};

test("the messages that were there before are counted", async () => {
  expect(await counts()).toEqual([1, 0]);
});

test("a new message, a moved one and a deleted one are counted", async () => {
  await sql.query("insert into messages (project_id) select $1 from generate_series(1, 3)", [attic]);
  expect(await counts()).toEqual([1, 3]);
  await sql.query("update messages set project_id = $1 where project_id = $2", [attic, harbor]);
  expect(await counts()).toEqual([0, 4]);
  await sql.query("delete from messages where ctid in (select ctid from messages limit 3)");
  expect(await counts()).toEqual([0, 1]);
});

test("messages of several connections at the same time are all counted", async () => {
  const others = await Promise.all([connect(), connect(), connect(), connect()]);
  await Promise.all(
    others.map(async (client) => {
      for (let message = 0; message < 10; message++)
        await client.query("insert into messages (project_id) values ($1)", [harbor]);
    }),
  );
  expect(await counts()).toEqual([40, 1]);
});

test("a project goes with its messages", async () => {
  await sql.query("delete from projects where id = $1", [harbor]);
  expect(await counts()).toEqual([undefined, 1]);
});
