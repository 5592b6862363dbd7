import type { Row } from "@electric-sql/client";
import { createCollection } from "@tanstack/db";
import { electricCollectionOptions } from "@tanstack/electric-db-collection";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { serverUnderTest } from "./fuzz/server-under-test.ts";

// TanStack DB's collection, unmodified, keeps the tags of rows: whatever moves, it must show what Postgres selects.

const ACTIVE = "(SELECT id FROM users WHERE active)";
const WHERE = {
  in: `user_id IN ${ACTIVE}`,
  out: `user_id NOT IN ${ACTIVE}`,
  either: `user_id IN ${ACTIVE} OR other IN ${ACTIVE}`,
  mixed: `pinned AND (user_id IN ${ACTIVE} OR other NOT IN (SELECT id FROM users WHERE org = 1))`,
  notBoth: `NOT (user_id IN ${ACTIVE} AND pinned AND other IN (SELECT id FROM users WHERE org = 2))`,
  pairs: "(user_id, other) IN (SELECT id, org FROM users WHERE active)",
  nullable: "other IN (SELECT org FROM users WHERE active)",
  nested: "user_id IN (SELECT id FROM users WHERE org IN (SELECT id FROM orgs WHERE open))",
};
const TRANSACTIONS = 120;

let under: Awaited<ReturnType<typeof serverUnderTest>>;

beforeAll(async () => {
  under = await serverUnderTest(inject("postgresUrl"), { longPollTimeout: 1_000 });
  await under.sql.query(`CREATE TABLE orgs (id int PRIMARY KEY, open boolean NOT NULL);
    INSERT INTO orgs SELECT i, i = 1 FROM generate_series(1, 4) i;
    CREATE TABLE users (id int PRIMARY KEY, active boolean NOT NULL, org int);
    INSERT INTO users SELECT i, i % 2 = 0, nullif(i % 4, 0) FROM generate_series(1, 8) i;
    CREATE TABLE posts (id int PRIMARY KEY, user_id int, other int, pinned boolean NOT NULL, title text);
    INSERT INTO posts SELECT i, 1 + i % 8, nullif(i % 7, 0), i % 2 = 0, 'post ' || i FROM generate_series(1, 40) i`);
});

afterAll(async () => {
  await under?.[Symbol.asyncDispose]();
});

const random = (most: number) => 1 + Math.floor(Math.random() * most);
const maybe = (most: number) => (random(6) === 1 ? "NULL" : random(most));

function change(): string {
  const changes = [
    `UPDATE users SET active = NOT active WHERE id = ${random(8)}`,
    `UPDATE users SET active = NOT active WHERE id <= ${random(4)}`,
    `UPDATE users SET org = ${maybe(4)} WHERE id = ${random(8)}`,
    `UPDATE users SET id = ${random(8)} WHERE id = ${random(8)}`,
    `DELETE FROM users WHERE id = ${random(8)}`,
    `INSERT INTO users VALUES (${random(8)}, true, ${maybe(4)}) ON CONFLICT DO NOTHING`,
    `UPDATE orgs SET open = NOT open WHERE id = ${random(4)}`,
    `UPDATE posts SET user_id = ${maybe(8)} WHERE id = ${random(40)}`,
    `UPDATE posts SET other = ${maybe(8)} WHERE id = ${random(40)}`,
    `UPDATE posts SET pinned = NOT pinned WHERE id = ${random(40)}`,
    `UPDATE posts SET title = 'turn ${random(1_000)}' WHERE id = ${random(40)}`,
    `UPDATE posts SET id = ${random(40)} WHERE id = ${random(40)}`,
    `DELETE FROM posts WHERE id = ${random(40)}`,
    `INSERT INTO posts VALUES (${random(40)}, ${maybe(8)}, ${maybe(8)}, true, 'new') ON CONFLICT DO NOTHING`,
  ];
  return changes[random(changes.length) - 1] ?? "";
}

async function work(): Promise<void> {
  const client = new Client({ connectionString: under.databaseUrl });
  await client.connect();
  for (let i = 0; i < TRANSACTIONS; i++) {
    const text = Array.from({ length: random(3) }, change).join("; ");
    // two who want the same key, or wait for each other
    await client.query(`BEGIN; ${text}; COMMIT`).catch(() => client.query("ROLLBACK"));
  }
  await client.end();
}

test("collections show what their conditions select, whatever changes at the same time", async () => {
  interface Post extends Row {
    id: number;
    title: string;
  }
  const collections = Object.entries(WHERE).flatMap(([name, where]) =>
    [
      { columns: ["id", "title"], liveSse: false },
      { columns: ["id", "user_id", "other", "pinned", "title"], liveSse: true },
    ].map(({ columns, liveSse }) => {
      const shapeOptions = {
        url: `${under.server.url}/v1/shape`,
        liveSse,
        params: { table: "posts", where, columns },
      };
      const id = `${name} ${columns}`;
      const getKey = (post: Post) => post.id;
      return {
        id,
        where,
        collection: createCollection(electricCollectionOptions<Post>({ id, getKey, shapeOptions })),
      };
    }),
  );
  await Promise.all(collections.map(({ collection }) => collection.preload()));
  await Promise.all([work(), work()]);
  for (const { id, where, collection } of collections) {
    const { rows } = await under.sql.query(`SELECT id, title FROM posts WHERE ${where} ORDER BY id`);
    const shown = () =>
      collection.toArray.map((post) => ({ id: post.id, title: post.title })).sort((a, b) => a.id - b.id);
    await expect.poll(shown, { message: id }).toEqual(rows);
  }
  await Promise.all(collections.map(({ collection }) => collection.cleanup()));
});
