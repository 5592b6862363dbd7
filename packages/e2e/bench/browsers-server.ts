import { createHmac, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quietPort } from "@tracer/local/ports";
import pg from "pg";
import type { ManyTables } from "../src/many-tables.ts";
import { signUpAt } from "../src/person.ts";
import type { Task } from "./browsers-task.ts";
import { openInspector } from "./inspector.ts";
import { showProblems } from "./problems.ts";
import { processorTimeOf } from "./processor-time.ts";

/** Starts a stack and the production build of a project with many tables, which can be measured from outside. */
export async function startServer({ folder }: ManyTables) {
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "tracer-bench-"));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const local = join(folder, "packages/local/src");
  const { startStack }: typeof import("@tracer/local/stack") = await import(join(local, "stack.ts"));
  const { startWeb }: typeof import("@tracer/local/web") = await import(join(local, "web.ts"));
  const stack = opened.use(await startStack({ dataDir, fsync: false }));
  const port = await quietPort();
  const url = `http://localhost:${port}`;
  const links = stack.links(url);
  const debugPort = await quietPort();
  const env = { ...links, NODE_OPTIONS: `--inspect=127.0.0.1:${debugPort}` };
  const web = await startWeb({ mode: "built", port, https: false, env, show: showProblems });
  opened.defer(() => web.stop());
  const pid = web.process.pid ?? 0;
  const inspector = opened.use(await openInspector(pid, debugPort));
  const sql = new pg.Client({ connectionString: stack.databaseUrl });
  await sql.connect();
  opened.defer(() => sql.end());
  const { value } = JSON.parse(links.SST_RESOURCE_AuthSecret ?? "{}");
  const closing = opened.move();
  return {
    url,
    stack,
    sql,
    inspector,
    processorTime: () => processorTimeOf(pid),
    secret: String(value),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

export type Server = Awaited<ReturnType<typeof startServer>>;

/**
 * Makes people who are signed in, each with a row in each table. Through the app, hashing passwords would take minutes.
 *
 * @param browsers how many sessions there are in all
 * @param perUser how many sessions one person has
 */
export async function createUsers(
  { url, sql, secret }: Pick<Server, "url" | "sql" | "secret">,
  { browsers, perUser, tables }: { browsers: number; perUser: number; tables: readonly string[] },
): Promise<Task["users"]> {
  const cookieOf = await cookieMaker(url, sql, secret);
  const users = Array.from({ length: Math.ceil(browsers / perUser) }, (_, index) => ({
    id: randomUUID(),
    tokens: Array.from({ length: Math.min(perUser, browsers - index * perUser) }, randomUUID),
  }));
  const ids = users.map(({ id }) => id);
  await sql.query(
    `insert into "user" (id, name, email) select id, 'Ada', id || '@example.com' from unnest($1::text[]) id`,
    [ids],
  );
  const sessions = users.flatMap(({ id, tokens }) => tokens.map((token) => ({ id, token })));
  await sql.query(
    `insert into session (id, token, user_id, expires_at)
     select token, token, user_id, now() + interval '7 days' from unnest($1::text[], $2::text[]) s (token, user_id)`,
    [sessions.map(({ token }) => token), sessions.map(({ id }) => id)],
  );
  for (const table of tables)
    await sql.query(
      `insert into ${table} (id, user_id, name) select gen_random_uuid(), id, 'first' from unnest($1::text[]) id`,
      [ids],
    );
  return users.map(({ id, tokens }) => ({ id, cookies: tokens.map(cookieOf) }));
}

/** Signs session cookies as better-auth does. One person signs up to learn the cookie's name. */
async function cookieMaker(url: string, sql: pg.Client, secret: string) {
  const { id, headers } = await signUpAt({ url });
  const cookie = headers.cookie.split("; ").find((one) => one.includes("session_token=")) ?? "";
  const [name] = cookie.split("=", 1);
  const make = (token: string) =>
    `${name}=${encodeURIComponent(`${token}.${createHmac("sha256", secret).update(token).digest("base64")}`)}`;
  const { rows } = await sql.query("select token from session where user_id = $1", [id]);
  if (make(String(rows[0]?.token)) !== cookie)
    throw new Error("better-auth signs its cookies in another way.");
  return make;
}
