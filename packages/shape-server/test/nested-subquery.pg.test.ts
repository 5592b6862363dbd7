import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { follow } from "./fuzz/follow.ts";
import { serverUnderTest } from "./fuzz/server-under-test.ts";
import { type Message, View } from "./model/view.ts";

let under: Awaited<ReturnType<typeof serverUnderTest>>;
const WHERE = "unit IN (SELECT id FROM units WHERE org IN (SELECT id FROM orgs WHERE open))";
const SETUP = `CREATE TABLE orgs (id int PRIMARY KEY, open boolean);
  INSERT INTO orgs SELECT i, i % 2 = 0 FROM generate_series(1, 4) i;
  CREATE TABLE units (id int PRIMARY KEY, org int);
  INSERT INTO units SELECT i, 1 + i % 4 FROM generate_series(1, 8) i;
  CREATE TABLE people (id int PRIMARY KEY, unit int);
  INSERT INTO people SELECT i, 1 + i % 8 FROM generate_series(1, 30) i`;

beforeAll(async () => {
  under = await serverUnderTest(inject("postgresUrl"), { longPollTimeout: 1_000 });
  await under.sql.query(SETUP);
});

afterAll(async () => {
  await under?.[Symbol.asyncDispose]();
});

const followPeople = () => follow(under.server.url, { table: "people", where: WHERE });

test("the values of a sub-query within a sub-query move rows in and out", async () => {
  const log = followPeople();
  const take = async () => (await log.next()).value ?? [];
  await take();
  await take();
  await under.sql.query("UPDATE orgs SET open = true WHERE id = 1");
  const inward = (await take()) as Message[];
  expect(inward[0]?.headers).toMatchObject({ event: "move-in", patterns: [{ pos: 0 }, { pos: 0 }] });
  expect(inward.filter(({ headers }) => headers.is_move_in)).not.toHaveLength(0);
  await under.sql.query("UPDATE orgs SET open = false WHERE id = 1");
  expect((await take())[0]?.headers).toMatchObject({
    event: "move-out",
    patterns: inward[0]?.headers.patterns,
  });
  await log.return(undefined);
});

test("I-9: whatever changes at the same time, rows are those of the condition in the end", async () => {
  const random = (most: number) => 1 + Math.floor(Math.random() * most);
  const change = () =>
    [
      `UPDATE orgs SET open = NOT open WHERE id = ${random(4)}`,
      `UPDATE units SET org = ${random(4)} WHERE id = ${random(8)}`,
      `DELETE FROM units WHERE id = ${random(8)}`,
      `INSERT INTO units VALUES (${random(8)}, ${random(4)}) ON CONFLICT DO NOTHING`,
      `UPDATE people SET unit = ${random(8)} WHERE id = ${random(30)}`,
      `DELETE FROM people WHERE id = ${random(30)}`,
      `INSERT INTO people VALUES (${random(30)}, ${random(8)}) ON CONFLICT DO NOTHING`,
    ][random(7) - 1] ?? "";
  const work = async () => {
    const client = new Client({ connectionString: under.databaseUrl });
    await client.connect();
    for (let i = 0; i < 150; i++) {
      const text = Array.from({ length: random(3) }, change).join("; ");
      await client.query(`BEGIN; ${text}; COMMIT`).catch(() => client.query("ROLLBACK"));
    }
    await client.end();
  };
  const view = new View(true);
  const working = { done: false };
  const all = Promise.all([work(), work()]).then(() => {
    working.done = true;
  });
  const wanted = async () =>
    (await under.sql.query<{ id: number }>(`SELECT id FROM people WHERE ${WHERE} ORDER BY id`)).rows.map(
      ({ id }) => String(id),
    );
  const shown = () =>
    [...view.rows.values()].map(({ value }) => value.id ?? "").sort((a, b) => Number(a) - Number(b));
  let quiet = 0;
  for await (const messages of followPeople()) {
    for (const message of messages) view.apply(message);
    quiet = messages.length === 1 && working.done ? quiet + 1 : 0;
    if (quiet > 0 && (JSON.stringify(shown()) === JSON.stringify(await wanted()) || quiet > 2)) break;
  }
  await all;
  expect(shown()).toEqual(await wanted());
  expect(view.violations).toEqual([]);
});
