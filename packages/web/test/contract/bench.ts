import { ELECTRIC_PROTOCOL_QUERY_PARAMS } from "@electric-sql/client";
import type { AnyTRPCRouter } from "@trpc/server";
import type { PgTable } from "drizzle-orm/pg-core";
import type pg from "pg";
import type { ShapePolicy } from "~/lib/electric-proxy";
import type { Writes } from "~/lib/server/trpc/procedure";
import { type App, openApp, type Person } from "../app";
import { startShapeServer } from "../shape-server";
import { startWiretap } from "../wiretap";
import type { World } from "./world";

type Handler = (context: { request: Request }) => Promise<Response>;

/** A route that serves a shape. */
export interface ShapeRoute {
  path: string;
  policy: ShapePolicy;
  handle: Handler;
}

/** A procedure of the tRPC router. */
export interface Procedure {
  path: string;
  type: string;
  writes: Writes | undefined;
  handle: Handler;
}

/** The place where routes and procedures are held against the rules: the app with a shape server, and two people. */
export interface Bench {
  app: App;
  tap: Awaited<ReturnType<typeof startWiretap>>;
  /** Two people who share nothing. */
  ada: World;
  bob: World;
  shapes: ShapeRoute[];
  /** Tables that replicate whole rows, as the migrations left them. */
  replicaFull: Set<string>;
}

/** Starts the app, its database and its shape server. Call it before the app's modules are imported. */
export async function openBench(prepare?: (sql: pg.Client) => Promise<void>) {
  const stack = new AsyncDisposableStack();
  const tap = stack.use(await startWiretap());
  const replicaFull = new Set<string>();
  const app = stack.use(
    await openApp(
      async (databaseUrl) => {
        tap.connect(stack.use(await startShapeServer(databaseUrl)).url);
        return tap.url;
      },
      async (sql) => {
        await prepare?.(sql);
        // Now, since a sync service sets it by itself when it may.
        const { rows } = await sql.query("select relname from pg_class where relreplident = 'f'");
        for (const { relname } of rows) replicaFull.add(relname);
      },
    ),
  );
  return {
    app,
    tap,
    replicaFull,
    /** Makes two people, and rows of theirs in all these tables. */
    async people(tables: PgTable[], shapes: ShapeRoute[]): Promise<Bench> {
      const { World } = await import("./world");
      const policies = shapes.map((shape) => shape.policy);
      const [ada, bob] = [await app.signUp("Ada"), await app.signUp("Bob")].map(
        (person) => new World(person, tables, policies),
      ) as [World, World];
      for (const world of [ada, bob]) await world.fill();
      return { app, tap, ada, bob, shapes, replicaFull };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The procedures of a router, however deep. */
export function proceduresOf(handle: Handler & { appRouter: AnyTRPCRouter }): Procedure[] {
  return Object.entries<{ _def: { type: string; meta?: { writes?: Writes } } }>(
    handle.appRouter._def.procedures,
  ).map(([path, { _def }]) => ({ path, type: _def.type, writes: _def.meta?.writes, handle }));
}

/** Asks a shape route as a person's browser does. */
export function askShape(
  { app }: Pick<Bench, "app">,
  shape: ShapeRoute,
  query: string,
  headers: HeadersInit,
) {
  return shape.handle({ request: new Request(`${app.origin}${shape.path}?${query}`, { headers }) });
}

/** What a request to the sync service says beyond where in the shape the client is. */
export function definitionOf(asked: URL | undefined): Record<string, string> {
  const own = [...(asked?.searchParams ?? [])].filter(
    ([name]) => !ELECTRIC_PROTOCOL_QUERY_PARAMS.includes(name),
  );
  return Object.fromEntries(own.sort());
}

/** One change in a shape's log. */
export interface Change {
  headers: { operation: "insert" | "update" | "delete"; txids?: number[] };
  key: string;
  value: Record<string, string | null>;
}

/** A position in a shape's log, as a client holds it. */
export interface Position {
  handle: string;
  offset: string;
  cursor: string;
}

/**
 * Follows a shape from a position until `enough`, as a client does.
 *
 * @returns all changes that were sent, and where they end
 * @throws when an answer is no success
 */
export async function follow(
  bench: Pick<Bench, "app">,
  shape: ShapeRoute,
  person: Person,
  from?: Position,
  enough: (changes: Change[], upToDate: boolean) => boolean = (_, upToDate) => upToDate,
): Promise<{ changes: Change[]; position: Position }> {
  const changes: Change[] = [];
  let position = from ?? { handle: "", offset: "-1", cursor: "" };
  for (;;) {
    const query = new URLSearchParams({ offset: position.offset });
    if (position.handle) query.set("handle", position.handle);
    if (from) query.set("live", "true");
    if (position.cursor) query.set("cursor", position.cursor);
    const answer = await askShape(bench, shape, query.toString(), person.headers);
    if (answer.status !== 200) {
      throw new Error(`${shape.path}: the sync service answered ${answer.status}: ${await answer.text()}`);
    }
    const messages: (Change | { headers: { control: string } })[] = await answer.json();
    for (const message of messages) if ("key" in message) changes.push(message);
    const next = (name: string, last: string) => answer.headers.get(`electric-${name}`) ?? last;
    position = {
      handle: next("handle", position.handle),
      offset: next("offset", position.offset),
      cursor: next("cursor", position.cursor),
    };
    if (enough(changes, answer.headers.has("electric-up-to-date"))) return { changes, position };
  }
}
