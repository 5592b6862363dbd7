import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { follow } from "./fuzz/follow.ts";
import { serverUnderTest } from "./fuzz/server-under-test.ts";
import { type Message, View } from "./model/view.ts";

// What a recorded conversation is too short for: how rows of a shape with a sub-query are told of.

let under: Awaited<ReturnType<typeof serverUnderTest>>;

beforeAll(async () => {
  under = await serverUnderTest(inject("postgresUrl"), { longPollTimeout: 60_000 });
});

afterAll(async () => {
  await under?.[Symbol.asyncDispose]();
});

/** Tables of users and posts of their own, and a reader of the posts of active users who is up to date. */
async function read(name: string, parameters: Record<string, string> = {}) {
  const [users, posts] = [`${name}_users`, `${name}_posts`];
  await under.sql.query(`CREATE TABLE ${users} (id int PRIMARY KEY, active boolean);
    INSERT INTO ${users} SELECT i, i % 2 = 1 FROM generate_series(1, 12) i;
    CREATE TABLE ${posts} (id int PRIMARY KEY, user_id int, pinned boolean NOT NULL DEFAULT false, title text);
    INSERT INTO ${posts} SELECT 10 * i, i, false, 'post ' || i FROM generate_series(1, 4) i`);
  const where = `user_id IN (SELECT id FROM ${users} WHERE active)`;
  const log = follow(under.server.url, { table: posts, where, ...parameters });
  const view = new View(true);
  const take = async (): Promise<Message[]> => {
    const messages: Message[] = (await log.next()).value ?? [];
    for (const message of messages) view.apply(message);
    return messages;
  };
  await take();
  await take();
  return {
    users,
    posts,
    view,
    take,
    /** Asks, then changes something, and gives what that is answered with. */
    async after(...statements: string[]): Promise<Message[]> {
      const answer = take();
      await under.sql.query(["BEGIN", ...statements, "COMMIT"].join(";\n"));
      return answer;
    },
    shown: () => [...view.rows.values()].map((row) => row.value.id).sort(),
  };
}

test.each([
  ["default", {}],
  ["full", { old_value: {} }],
])(
  "with replica=%s a row is told to have another link, though that is not selected",
  async (replica, more) => {
    const { after, users, posts, shown } = await read(`link_${replica}`, { columns: "id,title", replica });
    const value = replica === "full" ? { id: "10", title: "post 1" } : { id: "10" };
    const [update] = await after(`UPDATE ${posts} SET user_id = 3 WHERE id = 10`);
    expect(update).toMatchObject({
      headers: { operation: "update", active_conditions: [true] },
      value,
      ...more,
    });
    expect(Object.keys(update?.value ?? {})).toEqual(Object.keys(value));
    expect(update?.headers.removed_tags).toHaveLength(1);
    expect(update?.headers.tags).not.toEqual(update?.headers.removed_tags);
    await after(`UPDATE ${users} SET active = false WHERE id = 1`);
    expect(shown()).toEqual(["10", "30"]);
    await after(`UPDATE ${users} SET active = false WHERE id = 3`);
    expect(shown()).toEqual([]);
  },
);

test("a row is told to be there for another reason, though no selected column tells", async () => {
  const where = "pinned OR user_id IN (SELECT id FROM reason_users WHERE active)";
  const { after, users, posts, shown } = await read("reason", { columns: "id,title", where });
  const [update] = await after(`UPDATE ${posts} SET pinned = true WHERE id = 10`);
  expect(update).toMatchObject({
    headers: { operation: "update", active_conditions: [true, true], removed_tags: [] },
    value: { id: "10" },
  });
  await after(`UPDATE ${users} SET active = false WHERE id = 1`);
  expect(shown()).toEqual(["10", "30"]);
});

test("the deletion of a row that gets another key carries its tags of after and before", async () => {
  const { after, posts } = await read("key");
  const [gone, come] = await after(`UPDATE ${posts} SET id = 11, user_id = 3 WHERE id = 10`);
  const [now, before] = gone?.headers.tags ?? [];
  expect(come?.headers.tags).toEqual([now]);
  expect(before).toBeDefined();
  expect(before).not.toBe(now);
  const [same] = await after(`UPDATE ${posts} SET id = 12 WHERE id = 11`);
  expect(same?.headers.tags).toEqual([now]);
});

test("the values of an event come in their order", async () => {
  const { after, users, posts } = await read("order");
  await after(`INSERT INTO ${posts} SELECT 100 + i, i FROM generate_series(5, 12) i`);
  const hashes = new Map<string, string | undefined>();
  const changes = [12, 4, 10].map((id) => `UPDATE ${users} SET active = true WHERE id = ${id}`);
  const inward = await after(...changes);
  for (const { headers, value } of inward) if (value) hashes.set(value.user_id ?? "", headers.tags?.[0]);
  const wanted = (...users: number[]) => users.map((id) => ({ pos: 0, value: hashes.get(String(id)) }));
  expect(inward[0]?.headers.patterns).toEqual(wanted(4, 10, 12));
  const outward = await after(
    `DELETE FROM ${users} WHERE id IN (4, 10)`,
    `DELETE FROM ${users} WHERE id = 12`,
  );
  expect(outward[0]?.headers.patterns).toEqual(wanted(4, 10, 12));
});

test("what a transaction does to rows that are shown and to values comes in one answer", async () => {
  const { after, users, posts } = await read("together");
  const answer = await after(
    `INSERT INTO ${posts} VALUES (21, 2), (12, 1)`,
    `UPDATE ${users} SET active = true WHERE id = 2`,
  );
  expect(answer.map(({ headers, key }) => headers.event ?? headers.control ?? key)).toEqual([
    `"public"."${posts}"/"12"`,
    "move-in",
    `"public"."${posts}"/"20"`,
    `"public"."${posts}"/"21"`,
    "snapshot-end",
    "up-to-date",
  ]);
  expect(answer[0]?.headers).toMatchObject({ last: true, op_position: 2 });
});

test("a value goes with the last of several equal rows", async () => {
  await under.sql.query("CREATE TABLE equal_rows (id int); INSERT INTO equal_rows VALUES (3), (3)");
  const where = "user_id IN (SELECT id FROM equal_rows)";
  const { after, shown } = await read("equal", { where });
  await after("INSERT INTO equal_rows VALUES (3), (2)");
  expect(shown()).toEqual(["20", "30"]);
  const one = "(SELECT ctid FROM equal_rows WHERE id = 3 LIMIT 1)";
  await after(`DELETE FROM equal_rows WHERE ctid = ${one}`, "DELETE FROM equal_rows WHERE id = 2");
  expect(shown()).toEqual(["30"]);
  await after("DELETE FROM equal_rows");
  expect(shown()).toEqual([]);
});

test("behind a NOT, rows with a NULL come when nothing is left that could be theirs, and go when there is", async () => {
  const where = "user_id NOT IN (SELECT id FROM null_users WHERE active AND id < 3)";
  const { after, users, posts, shown } = await read("null", { where });
  await after(`INSERT INTO ${posts} VALUES (50, NULL), (60, 6)`);
  expect(shown()).toEqual(["20", "30", "40", "60"]);
  const inward = await after(`UPDATE ${users} SET active = false WHERE id = 1`);
  expect(inward[0]?.headers.patterns).toHaveLength(2);
  expect(shown()).toEqual(["10", "20", "30", "40", "50", "60"]);
  const outward = await after(`UPDATE ${users} SET active = true WHERE id = 2`);
  expect(outward[0]?.headers.patterns).toHaveLength(2);
  expect(shown()).toEqual(["10", "30", "40", "60"]);
});

test("what a NULL makes unknown does not keep a row", async () => {
  const where = "NOT (title = 'x' AND user_id IN (SELECT id FROM unknown_users WHERE active))";
  const { after, users, posts, shown } = await read("unknown", { where });
  await after(`UPDATE ${posts} SET title = NULL WHERE id = 20`);
  await after(`UPDATE ${users} SET active = true WHERE id = 2`);
  expect(shown()).toEqual(["10", "30", "40"]);
});

test("rows go before the rest of a transaction is told of, also behind a NOT that nothing was behind", async () => {
  const where = "user_id NOT IN (SELECT id FROM first_users WHERE id = 99)";
  const { after, take, users, posts, shown } = await read("first", { where });
  await after(`INSERT INTO ${posts} VALUES (50, NULL)`);
  const update = `UPDATE ${posts} SET user_id = 5, title = 'five' WHERE id IN (40, 50)`;
  const answer = await after(
    update,
    `INSERT INTO ${users} VALUES (99)`,
    `UPDATE ${users} SET active = true WHERE id = 99`,
  );
  if (answer[1]?.headers.control !== undefined) answer.push(...(await take()));
  expect(
    answer.filter(({ headers }) => !headers.control).map(({ headers, key }) => headers.event ?? key),
  ).toEqual(["move-out", `"public"."${posts}"/"40"`, `"public"."${posts}"/"50"`]);
  expect(shown()).toEqual(["10", "20", "30", "40", "50"]);
});

test("a change of columns that a sub-query does not ask for is none of the shape", async () => {
  await under.sql.query("CREATE TABLE sorted (id int PRIMARY KEY, item int, note text, rank int)");
  await under.sql.query("INSERT INTO sorted VALUES (1, 1, 'a', 1), (2, 2, 'b', 2)");
  const where = "user_id IN (SELECT item FROM sorted)";
  const { after, shown } = await read("before", { where });
  await under.sql.query("ALTER TABLE sorted DROP COLUMN note, ALTER COLUMN rank TYPE bigint");
  await after("DELETE FROM sorted WHERE id = 1");
  expect(shown()).toEqual(["20"]);
});
