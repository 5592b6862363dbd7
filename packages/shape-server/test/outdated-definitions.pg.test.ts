import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, inject, test } from "vitest";
import { type ShapeServer, startShapeServer } from "../src/index.ts";
import type { ShapeServerOptions } from "../src/server.ts";
import { createDatabase } from "./replay/database.ts";

// A shape ends, the table of the shape changes, and a client asks for the shape again. The server may not rely on what it
// remembers of the table: a client that follows the ended shape gets 409 once, and a client that starts gets the table as
// the table is now, or the reason why its request cannot be served.

type Query = Record<string, string>;

/** The shapes that are asked for, of a table `(id int PRIMARY KEY, v text, n int)`. */
const queries = {
  all: {},
  columns: { columns: "id,v" },
  where: { where: "v = 'a'" },
} satisfies Record<string, Query>;
type QueryName = keyof typeof queries;
const queryNames = ["all", "columns", "where"] as const satisfies QueryName[];

/** How a table changes, and what each query gets of the changed table: its columns and the ids of its rows, or its error. */
interface Change {
  readonly sql: (table: string) => string;
  readonly outcomes: Record<QueryName, string>;
  /** The shapes that show nothing of the change, so that they may outlive a restart. */
  readonly unaffected?: QueryName[];
}

const plain = "(id int PRIMARY KEY, v text, n int)";
const noTable = { all: "400 table", columns: "400 table", where: "400 table" };
const anew = (rest: string) => ({
  all: `200 id:int4 v:text ${rest}`,
  columns: "200 id:int4 v:text [7]",
  where: `200 id:int4 v:text ${rest}`,
});

const changes: Record<string, Change> = {
  "rename a column": {
    sql: (table) => `ALTER TABLE ${table} RENAME v TO w`,
    outcomes: { all: "200 id:int4 w:text n:int4 [1]", columns: "400 columns", where: "400 where" },
  },
  "drop a column": {
    sql: (table) => `ALTER TABLE ${table} DROP v`,
    outcomes: { all: "200 id:int4 n:int4 [1]", columns: "400 columns", where: "400 where" },
  },
  "add a column": {
    sql: (table) => `ALTER TABLE ${table} ADD k int`,
    outcomes: {
      all: "200 id:int4 v:text n:int4 k:int4 [1]",
      columns: "200 id:int4 v:text [1]",
      where: "200 id:int4 v:text n:int4 k:int4 [1]",
    },
    unaffected: ["columns"],
  },
  "replace a column by one of its name": {
    sql: (table) =>
      `ALTER TABLE ${table} DROP v; ALTER TABLE ${table} ADD v text; UPDATE ${table} SET id = 5, v = 'a'`,
    outcomes: {
      all: "200 id:int4 n:int4 v:text [5]",
      columns: "200 id:int4 v:text [5]",
      where: "200 id:int4 n:int4 v:text [5]",
    },
  },
  "change a type": {
    sql: (table) => `ALTER TABLE ${table} ALTER n TYPE bigint`,
    outcomes: {
      all: "200 id:int4 v:text n:int8 [1]",
      columns: "200 id:int4 v:text [1]",
      where: "200 id:int4 v:text n:int8 [1]",
    },
    unaffected: ["columns"],
  },
  "change the primary key": {
    sql: (table) => `ALTER TABLE ${table} DROP CONSTRAINT ${table}_pkey, ADD PRIMARY KEY (n)`,
    outcomes: {
      all: "200 id:int4 v:text n:int4 [1]",
      columns: "400 columns",
      where: "200 id:int4 v:text n:int4 [1]",
    },
    unaffected: ["all", "where"],
  },
  "drop the table": { sql: (table) => `DROP TABLE ${table}`, outcomes: noTable },
  "move the table to another schema": {
    sql: (table) => `CREATE SCHEMA IF NOT EXISTS away; ALTER TABLE ${table} SET SCHEMA away`,
    outcomes: noTable,
  },
  "rename the table": { sql: (table) => `ALTER TABLE ${table} RENAME TO ${table}_away`, outcomes: noTable },
  "drop the table and create another": {
    sql: (table) =>
      `DROP TABLE ${table}; CREATE TABLE ${table} (id int PRIMARY KEY, other text); INSERT INTO ${table} VALUES (7)`,
    outcomes: { all: "200 id:int4 other:text [7]", columns: "400 columns", where: "400 where" },
  },
  "drop the table and create its like": {
    sql: (table) =>
      `DROP TABLE ${table}; CREATE TABLE ${table} ${plain}; INSERT INTO ${table} VALUES (7, 'a', 7)`,
    outcomes: anew("n:int4 [7]"),
  },
  "rename the table and create its like": {
    sql: (table) =>
      `ALTER TABLE ${table} RENAME TO ${table}_away; CREATE TABLE ${table} ${plain}; INSERT INTO ${table} VALUES (7, 'a', 7)`,
    outcomes: anew("n:int4 [7]"),
  },
};

/** A server that can be started again, on a database of its own. */
async function restartable(options: Partial<ShapeServerOptions>) {
  await using starting = new AsyncDisposableStack();
  const database = starting.use(await createDatabase(inject("postgresUrl")));
  const storageDir = await mkdtemp(join(tmpdir(), "shapes-"));
  starting.defer(() => rm(storageDir, { recursive: true, force: true }));
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  starting.defer(() => sql.end());
  let server: ShapeServer | undefined;
  const start = async () => {
    server = await startShapeServer({
      databaseUrl: database.url,
      port: 0,
      host: "127.0.0.1",
      storageDir,
      allowDelete: true,
      longPollTimeout: 1_000,
      replicationStreamId: database.name,
      ...options,
    });
  };
  await start();
  starting.defer(async () => server?.close());
  const resources = starting.move();
  return {
    sql,
    request: (query: Query, method = "GET") =>
      fetch(`${server?.url}/v1/shape?${new URLSearchParams(query)}`, { method }),
    stop: async () => server?.close(),
    start,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

type Stack = Awaited<ReturnType<typeof restartable>>;

/** A shape that is followed up to its end. */
interface Followed {
  readonly table: string;
  readonly query: Query;
  readonly place: Query;
}

async function follow(stack: Stack, query: Query): Promise<Query> {
  let place: Query = { offset: "-1" };
  for (;;) {
    const answer = await stack.request({ ...query, ...place });
    const text = await answer.text();
    place = placeOf(answer);
    if (text.includes('"up-to-date"')) return place;
  }
}

const placeOf = (answer: Response): Query => ({
  handle: answer.headers.get("electric-handle") ?? "",
  offset: answer.headers.get("electric-offset") ?? "",
});

/** What an answer says: the columns and the ids of the rows of a snapshot, the field of an error, or the status alone. */
async function outcomeOf(answer: Response): Promise<string> {
  const { status, headers } = answer;
  const body = JSON.parse((await answer.text()) || "null");
  if (status === 400) return `400 ${Object.keys(body.errors).join()}`;
  if (status !== 200) return String(status);
  const schema: Record<string, { type: string }> = JSON.parse(headers.get("electric-schema") ?? "{}");
  const columns = Object.entries(schema).map(([name, { type }]) => `${name}:${type}`);
  const ids = body.flatMap((message: { value?: { id: string } }) => message.value?.id ?? []);
  return `200 ${columns.join(" ")} [${ids}]`;
}

/** What a client gets that goes on as the answers say, until something else than 409 comes. */
async function outcomes(stack: Stack, query: Query, place: Query): Promise<string[]> {
  const found: string[] = [];
  let at = place;
  for (let requests = 0; requests < 5; requests++) {
    const answer = await stack.request({ ...query, ...at });
    found.push(await outcomeOf(answer));
    if (answer.status !== 409) return found;
    const handle = answer.headers.get("electric-handle");
    at = { offset: "-1", ...(handle === null ? {} : { handle }) };
  }
  return found;
}

/** Waits until the server has taken in what was written so far: a change of another table comes behind it. */
async function untilStreamed(stack: Stack): Promise<void> {
  await stack.sql.query("CREATE TABLE witness (id int PRIMARY KEY)");
  const query = { table: "witness" };
  const place = await follow(stack, query);
  await stack.sql.query("INSERT INTO witness VALUES (1)");
  await expect
    .poll(async () => (await stack.request({ ...query, ...place, live: "true" })).text())
    .toContain('"insert"');
}

interface Ending {
  readonly options?: Partial<ShapeServerOptions>;
  end(stack: Stack, shapes: Followed[]): Promise<void>;
  /** Called when the tables have changed. */
  afterwards?(stack: Stack): Promise<void>;
  /** The shapes that the change leaves alone go on. */
  goesOn?: boolean;
  /** Nothing is remembered of the ended shapes: who follows one learns at once what is wrong with the request. */
  forgets?: boolean;
}

const deleteAll = async (stack: Stack, shapes: Followed[]) => {
  for (const { query } of shapes) expect((await stack.request(query, "DELETE")).status).toBe(202);
};

const endings: Record<string, Ending> = {
  "are deleted": { end: deleteAll },
  "end with a truncation": {
    async end(stack, shapes) {
      for (const { table } of shapes) await stack.sql.query(`TRUNCATE ${table}`);
      await untilStreamed(stack);
      for (const { table } of shapes) await stack.sql.query(`INSERT INTO ${table} VALUES (1, 'a', 1)`);
    },
  },
  "end with a change of their tables": {
    async end(stack, shapes) {
      for (const { table } of shapes) {
        await stack.sql.query(
          `INSERT INTO ${table} VALUES (2, 'b', 2); ALTER TABLE ${table} ALTER v TYPE varchar`,
        );
        await stack.sql.query(`DELETE FROM ${table} WHERE id = 2; ALTER TABLE ${table} ALTER v TYPE text`);
      }
      await untilStreamed(stack);
    },
  },
  "are too many": {
    options: { maxShapes: 1 },
    async end(stack) {
      await stack.sql.query("CREATE TABLE another (id int PRIMARY KEY)");
      await follow(stack, { table: "another" });
    },
  },
  "are looked at after a restart": {
    end: (stack) => stack.stop(),
    afterwards: (stack) => stack.start(),
    goesOn: true,
  },
  "are deleted before a restart": {
    async end(stack, shapes) {
      await deleteAll(stack, shapes);
      await stack.stop();
    },
    afterwards: (stack) => stack.start(),
    forgets: true,
  },
};

/** One shape of the matrix: what is asked of a table, and how the table changes. */
interface Case extends Followed {
  readonly name: string;
  readonly sql: string;
  /** What the query gets of the changed table. */
  readonly final: string;
  readonly unaffected: boolean;
}

/** Creates a table for every pair of a change and a query, and follows the shape of each. */
async function followAll(stack: Stack): Promise<Case[]> {
  const cases: Case[] = [];
  for (const [change, { sql, outcomes: finals, unaffected = [] }] of Object.entries(changes)) {
    for (const name of queryNames) {
      const table = `t${cases.length}`;
      await stack.sql.query(`CREATE TABLE ${table} ${plain}; INSERT INTO ${table} VALUES (1, 'a', 1)`);
      const query = { table, ...queries[name] };
      cases.push({
        name: `${change}, ${name}`,
        table,
        query,
        place: await follow(stack, query),
        sql: sql(table),
        final: finals[name],
        unaffected: unaffected.includes(name),
      });
    }
  }
  return cases;
}

test.for(Object.entries(endings))(
  "I-2: shapes %s, tables change, and followers start again",
  async ([, ending]) => {
    await using stack = await restartable(ending.options ?? {});
    const cases = await followAll(stack);
    await ending.end(stack, cases);
    for (const { sql } of cases) await stack.sql.query(sql);
    await ending.afterwards?.(stack);
    const found: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const { name, query, place, final, unaffected } of cases) {
      found[name] = (await outcomes(stack, query, place)).join(", ");
      if (ending.goesOn && unaffected) expected[name] = final.replace(/\[.*\]/, "[]");
      else if (ending.forgets && final.startsWith("400")) expected[name] = final;
      else expected[name] = `409, ${final}`;
    }
    expect(found).toEqual(expected);
  },
);

test.for(Object.entries(endings))(
  "I-2: shapes %s, tables change, and anybody can start",
  async ([, ending]) => {
    await using stack = await restartable(ending.options ?? {});
    const cases = await followAll(stack);
    await ending.end(stack, cases);
    for (const { sql } of cases) await stack.sql.query(sql);
    await ending.afterwards?.(stack);
    const found: Record<string, string> = {};
    for (const { name, query } of cases) {
      const answers = await outcomes(stack, query, { offset: "-1" });
      // As with Electric, one answer may say that what was known of the table is out of date.
      found[name] = (answers[0] === "409" ? answers.slice(1) : answers).join(", ");
    }
    const shown = ending.goesOn ? cases.filter(({ unaffected }) => !unaffected) : cases;
    expect(found).toMatchObject(Object.fromEntries(shown.map(({ name, final }) => [name, final])));
  },
);

test("I-2: a deleted shape whose column is renamed, then whose table is dropped: as Electric answers", async () => {
  await using stack = await restartable({});
  await stack.sql.query("CREATE TABLE r1 (id int PRIMARY KEY, v text)");
  const query = { table: "r1" };
  await follow(stack, query);
  await stack.request(query, "DELETE");
  await stack.sql.query("ALTER TABLE r1 RENAME v TO w");
  const first = await stack.request({ ...query, offset: "-1" });
  expect([first.status, first.headers.get("electric-handle")]).toEqual([409, null]);
  expect(await outcomes(stack, query, { offset: "-1" })).toEqual(["200 id:int4 w:text []"]);
  await stack.request(query, "DELETE");
  await stack.sql.query("DROP TABLE r1");
  expect(await outcomes(stack, query, { offset: "-1" })).toEqual(["409", "400 table"]);
});

test("I-2: who deletes a shape that has ended, and whose table has changed, finds none", async () => {
  await using stack = await restartable({});
  await stack.sql.query("CREATE TABLE r2 (id int PRIMARY KEY, v text)");
  await follow(stack, { table: "r2" });
  await stack.request({ table: "r2" }, "DELETE");
  await stack.sql.query("ALTER TABLE r2 RENAME v TO w");
  expect((await stack.request({ table: "r2" }, "DELETE")).status).toBe(404);
});

test("I-2: the table of a sub-query changes when the shape has ended", async () => {
  await using stack = await restartable({});
  await stack.sql.query(
    "CREATE TABLE teams (id int PRIMARY KEY, open bool); INSERT INTO teams VALUES (1, true)",
  );
  await stack.sql.query(`CREATE TABLE people ${plain}; INSERT INTO people VALUES (1, 'a', 1)`);
  const query = { table: "people", where: "n IN (SELECT id FROM teams WHERE open)" };
  const place = await follow(stack, query);
  await stack.request(query, "DELETE");
  await stack.sql.query("ALTER TABLE teams RENAME open TO is_open");
  expect(await outcomes(stack, query, place)).toEqual(["409", "400 where"]);
  await stack.sql.query("ALTER TABLE teams RENAME is_open TO open");
  expect(await outcomes(stack, query, { offset: "-1" })).toEqual(["200 id:int4 v:text n:int4 [1]"]);
  await stack.request(query, "DELETE");
  await stack.sql.query("DROP TABLE teams");
  expect(await outcomes(stack, query, { offset: "-1" })).toEqual(["409", "400 table"]);
});

test("I-2: a follower who is away while its table is dropped is told to start again", async () => {
  await using stack = await restartable({ verifyInterval: 50 });
  await stack.sql.query(`CREATE TABLE dropped ${plain}`);
  const query = { table: "dropped" };
  const place = await follow(stack, query);
  await stack.sql.query("DROP TABLE dropped");
  const answers: string[] = [];
  await expect
    .poll(async () => {
      answers.push(...(await outcomes(stack, query, place)));
      return answers.at(-1);
    })
    .toBe("400 table");
  expect(answers.filter((answer) => !answer.startsWith("200"))).toEqual(["409", "400 table"]);
});

test("I-2: a table that changes while its snapshot is taken", async () => {
  await using stack = await restartable({});
  await stack.sql.query(`CREATE TABLE busy ${plain}; INSERT INTO busy VALUES (1, 'a', 1)`);
  // The server waits for this transaction before it publishes the table.
  await stack.sql.query("BEGIN; ALTER TABLE busy RENAME v TO w");
  const first = stack.request({ table: "busy", offset: "-1" });
  await expect
    .poll(async () => {
      const { rows } = await stack.sql.query(
        "SELECT FROM pg_locks WHERE relation = 'busy'::regclass AND NOT granted",
      );
      return rows.length;
    })
    .toBeGreaterThan(0);
  await stack.sql.query("COMMIT");
  expect((await first).status).toBe(409);
  expect(await outcomes(stack, { table: "busy" }, { offset: "-1" })).toEqual([
    "200 id:int4 w:text n:int4 [1]",
  ]);
});
