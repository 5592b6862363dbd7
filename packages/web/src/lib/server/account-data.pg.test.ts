import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, openApp, type Person } from "../../../test/app";
import { createExampleTables } from "../../../test/example/tables";
import { dataDownloads } from "./limits";

let app: App;
let data: (context: { request: Request }) => Promise<Response>;
let deleteAccount: typeof import("~/lib/server/auth/delete-account").deleteAccount;

beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1", createExampleTables);
  const { serveAccountData } = await import("~/lib/server/account-data");
  const { exampleShapes } = await import("../../../test/example/server");
  const policies = new Map(
    Object.entries(exampleShapes).map(([path, { policy }]) => [path.slice("/api/".length), policy]),
  );
  data = serveAccountData(async () => policies);
  ({ deleteAccount } = await import("~/lib/server/auth/delete-account"));
});
afterAll(() => app[Symbol.asyncDispose]());

const ask = (headers: Partial<Person["headers"]>) =>
  data({ request: new Request(`${app.origin}/api/account-data`, { headers }) });

async function tablesOf({ headers }: Person): Promise<Record<string, Record<string, unknown>[]>> {
  return (JSON.parse(await (await ask(headers)).text()) as { tables: Record<string, never> }).tables;
}

/** Makes notes, the last of which is shared with somebody. */
async function writeNotes(author: Person, count: number, sharedWith: Person): Promise<void> {
  await app.sql.query(
    `insert into note (id, author_id, body, shared_with)
     select gen_random_uuid(), $1, 'note ' || n, case n when $2 then array[$3] else '{}' end from generate_series(1, $2::int) n`,
    [author.id, count, sharedWith.id],
  );
}

/** Makes a project with a drawing. A drawing names its project and no person. */
async function draw({ id }: Person): Promise<void> {
  const [project, drawing] = [randomUUID(), randomUUID()];
  await app.sql.query(
    "insert into project (id, owner_id, name, budget_cents) values ($1, $2, 'Harbour', 9007199254740993)",
    [project, id],
  );
  await app.sql.query("insert into drawing (id, project_id, title) values ($1, $2, 'Floor')", [
    drawing,
    project,
  ]);
}

test("a person gets every row of their own as a file, and no row of another", async () => {
  const [ada, bob] = [await app.signUp("Ada"), await app.signUp("Bob")];
  await writeNotes(ada, 1203, bob);
  await writeNotes(bob, 2, ada);
  await draw(ada);

  const answer = await ask(ada.headers);
  expect(answer.headers.get("content-disposition")).toMatch(
    /^attachment; filename="my-data-\d{4}-\d\d-\d\d\.json"$/,
  );
  expect(answer.headers.get("cache-control")).toBe("private, no-store");
  const text = await answer.text();
  const { sessions, signInMethods } = JSON.parse(text);
  expect([sessions, signInMethods]).toEqual([
    [expect.objectContaining({ createdAt: expect.any(String) })],
    [expect.objectContaining({ providerId: "credential" })],
  ]);

  const tables = await tablesOf(ada);
  expect(new Set(tables.notes?.map((note) => note.id)).size).toBe(1203);
  expect(tables.notes?.every((note) => note.authorId === ada.id)).toBe(true);
  expect(tables.projects).toEqual([
    expect.objectContaining({ name: "Harbour", budgetCents: "9007199254740993" }),
  ]);
  expect(tables.drawings).toEqual([expect.objectContaining({ title: "Floor" })]);
  expect((await tablesOf(bob)).notes?.length).toBe(2);

  // Neither the other person nor a column that no browser gets is in the file.
  expect(text).not.toContain(bob.email);
  expect(text).not.toMatch(/internalNote|margin 12|[0-9a-f]{32}:[0-9a-f]{32}/);
  const { rows } = await app.sql.query("select token from session where user_id = $1", [ada.id]);
  for (const { token } of rows) expect(text).not.toContain(token);
});

test("nobody gets data without a session that stands", async () => {
  const ada = await app.signUp();
  expect((await ask({})).status).toBe(401);
  await app.sql.query("delete from session where user_id = $1", [ada.id]);
  expect((await ask(ada.headers)).status).toBe(401);
});

test("the deletion of an account leaves no row that names the person, in any table", async () => {
  const [ada, bob] = [await app.signUp("Ada"), await app.signUp("Bob")];
  await writeNotes(ada, 3, bob);
  await writeNotes(bob, 1, ada);
  await draw(ada);
  await app.sql.query(
    "insert into verification (id, identifier, value, expires_at) values ($1, $2, $3, now() + interval '1 hour')",
    [randomUUID(), `reset-password:${randomUUID()}`, ada.id],
  );
  await deleteAccount(ada.id);

  // Every column with a foreign key to `user`, in the app's tables and in the example's.
  const { rows: columns } = await app.sql.query<{ table: string; column: string }>(`
    select conrelid::regclass::text as table, quote_ident(attname) as column
    from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1]
    where contype = 'f' and confrelid = '"user"'::regclass`);
  expect(columns.length).toBeGreaterThan(5);
  const naming = [...columns, { table: '"user"', column: "id" }, { table: "verification", column: "value" }];
  for (const { table, column } of naming) {
    const { rowCount } = await app.sql.query(`select 1 from ${table} where ${column} = $1`, [ada.id]);
    expect(rowCount, `${table}.${column}`).toBe(0);
  }
  expect((await app.sql.query("select 1 from drawing")).rowCount).toBe(1);
  expect((await tablesOf(bob)).notes?.length).toBe(1);
});

test("a person who downloads on and on is told to wait, and nobody else is", async () => {
  const [ada, bob] = [await app.signUp(), await app.signUp()];
  for (let n = 0; n < dataDownloads.attempts; n++) expect((await ask(ada.headers)).status).toBe(200);
  const refused = await ask(ada.headers);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "180"]);
  expect((await ask(bob.headers)).status).toBe(200);
});
