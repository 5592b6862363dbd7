import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@playwright/test";
import { startApp } from "@tracer/local/app";
import pg from "pg";
import { partsFaults, type Stage } from "../src/parts/faults.ts";
import { openPage, type PartsPage } from "../src/parts/page.ts";
import { startFaultyWire } from "../src/parts/wire.ts";
import { signUpAt } from "../src/person.ts";

/** How often each kind of fault happens: `npm run test:faults` sets a higher number. */
const rounds = Number(process.env.FAULT_ROUNDS ?? 1);

/** How many writes each person makes around a fault. Every fifth one is refused. */
const writesPerFault = Number(process.env.FAULT_WRITES ?? 10);

/** How long everything may take to come to rest after the cause has gone, in milliseconds. */
const restTimeout = 60_000;

/** Asks the database over a new connection, because the faults end connections. */
async function queryAt(url: string, text: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const sql = new pg.Client({ connectionString: url });
  sql.on("error", () => {});
  await sql.connect();
  return await sql.query(text, values).finally(() => sql.end().catch(() => {}));
}

/** Says what is not yet as it must be. Undefined when all writes are told and all pages show what Postgres holds. */
async function unrest(writers: readonly PartsPage[], pages: readonly PartsPage[], { query }: Stage) {
  const untold = writers.flatMap(({ told }) => [...told].filter(([, saved]) => saved === undefined));
  if (untold.length > 0) return `${untold.length} writes are not told`;
  const asked = await query(`select id, name from "user"`).catch(() => undefined);
  if (!asked) return "Postgres does not answer";
  const { rows } = asked;
  for (const page of pages) {
    const expected = rows.find(({ id }) => id === page.userId)?.name;
    const shown = await page.show();
    if (shown.name !== expected || shown.sync !== "live")
      return `a page shows ${shown.name}, ${shown.sync}, and Postgres holds ${expected}`;
  }
  return undefined;
}

/** Every fifth name is too long, so that the server refuses it. */
function nameOf(count: number, n: number): string {
  return n % 5 === 3 ? `${"x".repeat(5_000)}${count}` : `write ${count}`;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
}

test("no write is lost, doubled or in doubt, whatever part fails meanwhile", async () => {
  const kinds = Object.entries(partsFaults).filter(([kind]) => kind.includes(process.env.FAULT_KIND ?? ""));
  test.setTimeout(120_000 + rounds * kinds.length * 90_000);
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-parts-"));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const app = opened.use(await startApp({ mode: "built", dataDir, fsync: true }));
  const query = (text: string, values?: unknown[]) => queryAt(app.stack.databaseUrl, text, values);
  await query("create table written (nth bigserial, user_id text, name text)");
  await query(`create function note() returns trigger language plpgsql security definer as $$
    begin insert into written (user_id, name) values (new.id, new.name); return new; end $$`);
  await query(`create trigger note after update on "user" for each row execute function note()`);
  const wire = opened.use(await startFaultyWire(app.url));
  const people = [await signUpAt(app), await signUpAt(app)];
  const writers: PartsPage[] = [];
  const readers: PartsPage[] = [];
  for (const person of people) {
    writers.push(opened.use(await openPage(wire.url, person)));
    readers.push(opened.use(await openPage(wire.url, person)));
  }
  const pages = [...writers, ...readers];
  const stage: Stage = { app, wire, pages: readers, query };

  const recoveries: number[] = [];
  const table: Record<string, { p50: number; p95: number; requests: number }> = {};
  let count = 0;
  let failed = false;
  for (const [kind, fault] of kinds) {
    const times: number[] = [];
    let requests = 0;
    for (let round = 0; round < rounds; round++) {
      const before = wire.requests;
      let gone = 0;
      const harm = fault(stage).then(() => {
        requests += wire.requests - before;
        gone = performance.now();
      });
      const writing = (async () => {
        for (let n = 0; n < writesPerFault && !failed; n++) {
          count += 1;
          for (const writer of writers) writer.write(nameOf(count, n));
          await delay(50);
        }
      })();
      await Promise.all([harm, writing]).catch((error: unknown) => {
        failed = true;
        throw new Error(`${kind}: ${error instanceof Error ? error.stack : error}`);
      });
      let wrong = await unrest(writers, pages, stage);
      while (wrong !== undefined && performance.now() - gone < restTimeout) {
        await delay(20);
        wrong = await unrest(writers, pages, stage);
      }
      expect(wrong, kind).toBeUndefined();
      times.push(performance.now() - gone);
    }
    recoveries.push(...times);
    table[kind] = { p50: percentile(times, 0.5), p95: percentile(times, 0.95), requests: requests / rounds };
  }
  console.table(table);

  let refused = 0;
  for (const { userId, told } of writers) {
    const { rows } = await query("select name from written where user_id = $1 order by nth", [userId]);
    const saved = [...told].filter(([, wasSaved]) => wasSaved).map(([name]) => name);
    refused += told.size - saved.length;
    expect(
      rows.map(({ name }) => name),
      "every confirmed write, once, in order, and no other",
    ).toEqual(saved);
  }
  const made = count * writers.length;
  expect(refused, "exactly the names that are too long are refused").toBe(
    [...writers.flatMap(({ told }) => [...told.keys()])].filter((name) => name.length > 100).length,
  );
  console.log(
    `faults: ${recoveries.length} faults, ${made} writes, ${refused} refused, recovery p50 ${percentile(recoveries, 0.5)} ms, p95 ${percentile(recoveries, 0.95)} ms`,
  );
});
