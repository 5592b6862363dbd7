import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, startApp } from "@tracer/local/app";
import pg from "pg";
import { signUpAt } from "../person.ts";
import { makeClocksMovable } from "./clock.ts";
import { openPage, type PartsPage } from "./page.ts";
import { type FaultyWire, startFaultyWire } from "./wire.ts";

/** The whole app with wires that can fail, and what the faults act on. */
export interface Stage {
  readonly app: App;
  /** Between the pages and the web server. */
  readonly wire: FaultyWire;
  /** Between the web server and the shape server. */
  readonly upstream: FaultyWire;
  /** The pages that write, one for each person. */
  readonly writers: readonly PartsPage[];
  /** The pages that only show, one for each person. */
  readonly readers: readonly PartsPage[];
  readonly pages: readonly PartsPage[];
  /** Asks the database, and connects anew when the database has gone meanwhile. */
  readonly query: (text: string, values?: unknown[]) => Promise<pg.QueryResult>;
}

/** Starts the production build with a writer and a reader for each of two people, on a database that notes each write. */
export async function openStage(): Promise<Stage & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-parts-"));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  opened.defer(makeClocksMovable());
  let electricUrl = "";
  const upstream = opened.use(await startFaultyWire(() => electricUrl));
  const app: App = opened.use(
    await startApp({
      mode: "built",
      dataDir,
      fsync: true,
      throughLinks(links) {
        const engine: { url: string } = JSON.parse(links.SST_RESOURCE_SyncEngine ?? "");
        electricUrl = engine.url;
        return { ...links, SST_RESOURCE_SyncEngine: JSON.stringify({ ...engine, url: upstream.url }) };
      },
    }),
  );
  const query = (text: string, values?: unknown[]) => queryAt(app.stack.databaseUrl, text, values);
  await noteWrites(query);
  const wire = opened.use(await startFaultyWire(() => app.url));
  const writers: PartsPage[] = [];
  const readers: PartsPage[] = [];
  for (const person of [await signUpAt(app), await signUpAt(app)]) {
    writers.push(opened.use(await openPage(wire.url, person, `writer ${writers.length}`)));
    readers.push(opened.use(await openPage(wire.url, person, `reader ${readers.length}`)));
  }
  const stage = { app, wire, upstream, writers, readers, pages: [...writers, ...readers], query };
  const closing = opened.move();
  return { ...stage, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

/** The names that Postgres has noted for each user, in the order of their writes. */
export async function writtenNames({ query }: Pick<Stage, "query">): Promise<Map<string, string[]>> {
  const { rows }: { rows: { user_id: string; name: string }[] } = await query(
    "select user_id, name from written order by nth",
  );
  const byUser = Map.groupBy(rows, ({ user_id }) => user_id);
  return new Map([...byUser].map(([id, noted]) => [id, noted.map(({ name }) => name)]));
}

async function noteWrites(query: Stage["query"]): Promise<void> {
  await query("create table written (nth bigserial, user_id text, name text)");
  await query(`create function note() returns trigger language plpgsql security definer as $$
    begin insert into written (user_id, name) values (new.id, new.name); return new; end $$`);
  await query(`create trigger note after update on "user" for each row execute function note()`);
}

/** Asks the database over a new connection, because the faults end connections. */
async function queryAt(url: string, text: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const sql = new pg.Client({ connectionString: url });
  sql.on("error", () => {});
  await sql.connect();
  return await sql.query(text, values).finally(() => sql.end().catch(() => {}));
}
