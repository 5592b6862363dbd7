/**
 * Measures what browsers that wait for changes cost the server: memory and bytes, by polls of their own and over the line,
 * and how long a change takes to arrive. Linux only. `npm run bench:browsers -w @tracer/e2e -- 1000`; a second argument,
 * `line` or `polls`, measures one of both.
 */
import { type ChildProcess, fork } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { quietPort } from "@tracer/local/ports";
import type { startStack } from "@tracer/local/stack";
import pg from "pg";
import { manyTables, openManyTables } from "../src/many-tables.ts";
import { signUpAt } from "../src/person.ts";
import type { Report, Task } from "./browsers-client.ts";
import { processorTimeOf } from "./processor-time.ts";

const browserCount = Number(process.argv[2] ?? 1_000);
const browsersPerUser = 8;
const tables = manyTables.slice(0, 6);
const writesPerSecond = 20;
const seconds = 30;

await using project = await openManyTables(tables.length);
await project.build();
for (const way of ["line", "polls"] as const)
  if (process.argv[3] === undefined || process.argv[3] === way) await measure(way);

async function measure(way: Task["way"]): Promise<void> {
  await using opened = await startServer();
  const { url, sql, secret, memory, processorTime } = opened;
  const users = await createUsers(sql, await cookieMaker(url, sql, secret));
  const client = fork(new URL("./browsers-client.ts", import.meta.url));
  const arrived = new Map<number, number[]>();
  client.on("message", (report: Report) => {
    if ("arrived" in report)
      for (const { write, at } of report.arrived) arrived.set(write, [...(arrived.get(write) ?? []), at]);
  });
  client.send({ url, tables, way, users } satisfies Task);
  await reached(client, "loaded");
  const before = await memory();
  client.send("hold");
  await reached(client, "held");
  // The last requests are taken up, and the memory of the loads is given back.
  await delay(15_000);
  const held = await memory();
  const processorBefore = await processorTime();
  const committed = await write(sql, users);
  await delay(3_000);
  const processor = (await processorTime()) - processorBefore;
  const after = await memory();
  client.send("end");
  const { bytes, failed } = await ended(client);

  const latencies = [...committed].flatMap(([id, at]) => (arrived.get(id) ?? []).map((came) => came - at));
  const expected = committed.size * browsersPerUser;
  const told = ({ resident, heap }: Memory) =>
    `${megabytes(resident)}, ${kilobytes(resident - before.resident)} a browser (heap ${megabytes(heap)}, ${kilobytes(heap - before.heap)} a browser)`;
  console.log(
    `${way}: ${browserCount} browsers with ${tables.length} shapes each
  resident memory of the server: before ${megabytes(before.resident)} (heap ${megabytes(before.heap)})
    holding ${told(held)}
    after ${seconds} s of ${writesPerSecond} writes/s ${told(after)}
  ${kilobytes(bytes)} a browser in ${seconds + 18} s, both ways, with headers
  ${processor.toFixed(1)} s of processor time in ${seconds + 3} s
  COMMIT to browser: p50 ${percentile(latencies, 0.5)}, p99 ${percentile(latencies, 0.99)}; ${latencies.length} of ${expected} arrived; ${failed.length} requests failed ${[...new Set(failed)].join("; ")}`,
  );
}

async function startServer() {
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "tracer-bench-"));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const local = join(project.folder, "packages/local/src");
  const { startStack: start }: { startStack: typeof startStack } = await import(join(local, "stack.ts"));
  const { startWeb }: typeof import("@tracer/local/web") = await import(join(local, "web.ts"));
  const stack = opened.use(await start({ dataDir, fsync: false }));
  const port = await quietPort();
  const url = `http://localhost:${port}`;
  const links = stack.links(url);
  const debugPort = await quietPort();
  const env = { ...links, NODE_OPTIONS: `--inspect=127.0.0.1:${debugPort}` };
  const web = await startWeb({ mode: "built", port, https: false, env });
  opened.defer(() => web.stop());
  const sql = new pg.Client({ connectionString: stack.databaseUrl });
  await sql.connect();
  opened.defer(() => sql.end());
  const { value } = JSON.parse(links.SST_RESOURCE_AuthSecret ?? "{}");
  const closing = opened.move();
  return {
    url,
    sql,
    processorTime: () => processorTimeOf(web.process.pid ?? 0),
    memory: () => memoryOf(web.process.pid ?? 0, debugPort),
    secret: String(value),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
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

/** Makes people who are signed in, each with a row in each table. Through the app, hashing passwords would take minutes. */
async function createUsers(sql: pg.Client, cookieOf: (token: string) => string): Promise<Task["users"]> {
  const users = Array.from({ length: Math.ceil(browserCount / browsersPerUser) }, (_, index) => ({
    id: randomUUID(),
    tokens: Array.from(
      { length: Math.min(browsersPerUser, browserCount - index * browsersPerUser) },
      randomUUID,
    ),
  }));
  const ids = users.map(({ id }) => id);
  await sql.query(
    `insert into "user" (id, name, email) select id, 'Ada', id || '@example.com' from unnest($1::text[]) id`,
    [ids],
  );
  for (const { id, tokens } of users)
    await sql.query(
      `insert into session (id, token, user_id, expires_at) select token, token, $1, now() + interval '7 days' from unnest($2::text[]) token`,
      [id, tokens],
    );
  for (const table of tables)
    await sql.query(
      `insert into ${table} (id, user_id, name) select gen_random_uuid(), id, 'first' from unnest($1::text[]) id`,
      [ids],
    );
  return users.map(({ id, tokens }) => ({ id, cookies: tokens.map(cookieOf) }));
}

/** Changes rows at a steady pace. Gives when each write was committed, in milliseconds of the machine's clock. */
async function write(sql: pg.Client, users: Task["users"]): Promise<Map<number, number>> {
  const committed = new Map<number, number>();
  const began = performance.now();
  const full = users.filter(({ cookies }) => cookies.length === browsersPerUser);
  for (let id = 0; id < writesPerSecond * seconds; id++) {
    await delay(Math.max(0, began + (id * 1000) / writesPerSecond - performance.now()));
    const user = full[id % full.length];
    await sql.query(`update ${tables[id % tables.length]} set name = $1 where user_id = $2`, [
      `write ${id}`,
      user?.id,
    ]);
    committed.set(id, Number(process.hrtime.bigint()) / 1e6);
  }
  return committed;
}

async function reached(client: ChildProcess, stage: string): Promise<void> {
  for (;;) {
    const [report] = (await once(client, "message")) as [Report];
    if ("stage" in report && report.stage === stage) return;
  }
}

async function ended(client: ChildProcess) {
  for (;;) {
    const [report] = (await once(client, "message")) as [Report];
    if ("bytes" in report) return report;
  }
}

/** What a process holds, in bytes. */
interface Memory {
  resident: number;
  heap: number;
}

/** Measures a process after a collection of garbage, which its debugger is asked for. */
async function memoryOf(pid: number, debugPort: number): Promise<Memory> {
  const targets = await (await fetch(`http://127.0.0.1:${debugPort}/json/list`)).json();
  const socket = new WebSocket(targets[0].webSocketDebuggerUrl);
  await once(socket, "open");
  const call = async (method: string) => {
    socket.send(JSON.stringify({ id: 1, method }));
    const [{ data }] = await once(socket, "message");
    return JSON.parse(data).result;
  };
  await call("HeapProfiler.collectGarbage");
  const { usedSize } = await call("Runtime.getHeapUsage");
  socket.close();
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return { resident: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024, heap: usedSize };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024 / browserCount).toFixed(0)} KB`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}

function percentile(values: number[], part: number): string {
  const value = values.toSorted((a, b) => a - b)[Math.floor(values.length * part)];
  return value === undefined ? "none" : `${value.toFixed(1)} ms`;
}
