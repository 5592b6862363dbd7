/**
 * Measures what the session-checked proxy adds to the latency of Electric itself, both in one run. Run `npm run build`,
 * then `npm run bench -w @tracer/e2e`.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startApp } from "@tracer/local/app";
import pg from "pg";

const rounds = 200;
const requests = 10_000;
const connections = 64;

const dataDir = await mkdtemp(join(tmpdir(), "tracer-bench-"));
const app = await startApp({ mode: "built", dataDir, fsync: false });
const sql = new pg.Client({ connectionString: app.stack.databaseUrl });
await sql.connect();

const email = `${randomUUID()}@example.com`;
const signUp = await fetch(`${app.url}/api/auth/sign-up/email`, {
  method: "POST",
  headers: { "content-type": "application/json", origin: app.url },
  body: JSON.stringify({ name: "Ada", email, password: "correct horse" }),
});
const { user } = (await signUp.json()) as { user: { id: string } };
let cookie = cookiesOf(signUp);
let cookieAge = performance.now();

const throughProxy = (query: URLSearchParams) =>
  fetch(`${app.url}/api/users?${query}`, { headers: { cookie } });
const direct = (query: URLSearchParams) => {
  const definition = {
    table: '"user"',
    where: '"id" = $1',
    "params[1]": user.id,
    secret: app.stack.electricSecret,
  };
  return fetch(
    `${app.stack.electricUrl}/v1/shape?${new URLSearchParams({ ...Object.fromEntries(query), ...definition })}`,
  );
};

try {
  await liveLatency();
  await statements();
  await load();
} finally {
  await sql.end();
  await app.close();
  await rm(dataDir, { recursive: true, force: true });
}

/** Measures the time from COMMIT to the whole answer of a live poll, directly and through the proxy in turns. */
async function liveLatency() {
  const ways = { direct, proxy: throughProxy };
  const taken: Record<keyof typeof ways, number[]> = { direct: [], proxy: [] };
  const at = { direct: await upToDate(direct), proxy: await upToDate(throughProxy) };
  for (let round = 0; round < rounds; round++) {
    await freshCookie();
    for (const way of ["direct", "proxy"] as const) {
      const poll = ways[way](withLive(at[way])).then(async (answer) => ({
        answer,
        text: await answer.text(),
      }));
      await delay(20);
      const committed = await update();
      const { answer } = await poll;
      taken[way].push(performance.now() - committed);
      at[way] = positionOf(answer);
      // Both clients have to be up to date before the next round.
      at.direct = way === "direct" ? at.direct : await upToDate(direct, at.direct);
      at.proxy = way === "proxy" ? at.proxy : await upToDate(throughProxy, at.proxy);
    }
  }
  const [a, b] = [median(taken.direct), median(taken.proxy)];
  console.log(
    `live poll, COMMIT to whole answer, median of ${rounds}: direct ${a.toFixed(2)} ms, through the proxy ${b.toFixed(2)} ms, added ${(b - a).toFixed(2)} ms`,
  );
}

/** Counts the transactions in Postgres during polls with a fresh copy of the session, and during as much idle time. */
async function statements() {
  const at = await upToDate(throughProxy);
  await freshCookie(true);
  const before = await transactions();
  const started = performance.now();
  for (let n = 0; n < 500; n++) await (await throughProxy(at)).text();
  const taken = performance.now() - started;
  const after = await transactions();
  await delay(taken);
  const idle = await transactions();
  console.log(
    `transactions in Postgres: ${after - before} during 500 polls, ${idle - after} in as much idle time`,
  );
}

/** Sends many polls over many connections and prints how many answers had each status. */
async function load() {
  await freshCookie(true);
  const at = await upToDate(throughProxy);
  const statuses = new Map<number, number>();
  let left = requests;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) {
        const answer = await throughProxy(at);
        await answer.text();
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        await freshCookie();
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${requests} polls over ${connections} connections in ${seconds.toFixed(1)} s (${Math.round(requests / seconds)}/s), by status: ${[...statuses].map(([status, count]) => `${status}: ${count}`).join(", ")}`,
  );
}

async function upToDate(ask: typeof direct, from = new URLSearchParams({ offset: "-1" })) {
  let at = from;
  for (;;) {
    const answer = await ask(at);
    await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} at ${at}`);
    at = positionOf(answer);
    if (answer.headers.has("electric-up-to-date")) return at;
  }
}

function positionOf(answer: Response): URLSearchParams {
  const { headers } = answer;
  return new URLSearchParams({
    offset: headers.get("electric-offset") ?? "",
    handle: headers.get("electric-handle") ?? "",
  });
}

function withLive(at: URLSearchParams): URLSearchParams {
  return new URLSearchParams({ ...Object.fromEntries(at), live: "true" });
}

/** Updates the row. Gives the time after the commit, as `performance.now()`. */
async function update(): Promise<number> {
  await sql.query('update "user" set updated_at = clock_timestamp() where id = $1', [user.id]);
  return performance.now();
}

/** Fetches a new copy of the session before the last copy is too old. A browser gets new copies with its answers. */
async function freshCookie(now = false) {
  if (!now && performance.now() - cookieAge < 15_000) return;
  cookieAge = performance.now();
  const token = cookie
    .split("; ")
    .filter((one) => one.includes("session_token"))
    .join("; ");
  const answer = await fetch(`${app.url}/api/auth/get-session`, { headers: { cookie: token } });
  cookie = `${token}; ${cookiesOf(answer)}`;
}

function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0])
    .join("; ");
}

async function transactions(): Promise<number> {
  // Postgres publishes the counts of a backend only when the backend has been idle for ten seconds.
  await delay(11_000);
  const { rows } = await sql.query(
    "select pg_stat_force_next_flush(), xact_commit + xact_rollback as n from pg_stat_database where datname = current_database()",
  );
  return Number(rows[0].n);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
