import {
  ELECTRIC_PROTOCOL_QUERY_PARAMS,
  isVisibleInSnapshot,
  type PostgresSnapshot,
} from "@electric-sql/client";
import type { AnyTRPCRouter } from "@trpc/server";
import type { PgTable } from "drizzle-orm/pg-core";
import type pg from "pg";
import type { ShapePolicy, ShapeRequest } from "~/lib/electric-proxy";
import type { Writes } from "~/lib/server/trpc/procedure";
import { type Answer, type Frame, linePath } from "~/lib/wire/line";
import { userHeader } from "~/lib/wire/user-header";
import { type App, openApp, type Person } from "../app";
import { startShapeServer } from "../shape-server";
import { startWiretap } from "../wiretap";
import type { World } from "./world";

type Handler = (context: { request: Request }) => Promise<Response>;

/** A route that serves a shape. */
export interface ShapeRoute {
  path: string;
  policy: ShapePolicy;
  handle: (context: { request: ShapeRequest }) => Promise<Response>;
}

/** A procedure of the tRPC router. */
export interface Procedure {
  path: string;
  type: string;
  writes: Writes | undefined;
  handle: Handler;
}

/** The test bench for the rules: the app with a shape server, and two people with rows. */
export interface Bench {
  app: App;
  /** Records what the app asks the shape server. */
  tap: Awaited<ReturnType<typeof startWiretap>>;
  /** Two people who share nothing. */
  ada: World;
  bob: World;
  shapes: ShapeRoute[];
  /** The tables that replicated whole rows after the migrations. */
  replicaFull: Set<string>;
}

/** Starts the app, its database and its shape server. A test file calls this function before it imports the app. */
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
        // Read before the sync service starts, because the service sets the replica identity itself when it may.
        const { rows } = await sql.query("select relname from pg_class where relreplident = 'f'");
        for (const { relname } of rows) replicaFull.add(relname);
      },
    ),
  );
  return {
    app,
    tap,
    replicaFull,
    /** Signs two people up and adds rows of theirs to all these tables. */
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

/** The procedures of a router and of all routers inside. */
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

/** Sends a live poll over a line that serves this shape alone, and gives the first frame that answers the poll. */
export async function askOverLine(
  { app }: Pick<Bench, "app">,
  shape: ShapeRoute,
  query: string,
  { id, headers }: { id: string; headers: HeadersInit },
): Promise<Answer> {
  const { serveLine } = await import("~/lib/server/line/serve-line");
  const { isShapeHandler } = await import("~/lib/electric-proxy");
  const { handle, path } = shape;
  const serve = serveLine(async (wanted) => (wanted === path && isShapeHandler(handle) ? handle : undefined));
  const init = { method: "POST", headers: { ...headers, [userHeader]: id } };
  const body = JSON.stringify({ polls: [`${shape.path}?${query}`] });
  const line = await serve({ request: new Request(`${app.origin}${linePath}`, { ...init, body }) });
  if (!line.ok || !line.body) return { status: line.status, headers: {}, body: await line.text() };
  let text = "";
  for await (const part of line.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    const frames = text.split("\n").slice(0, -1);
    for (const frame of frames.map((one): Frame => JSON.parse(one))) if ("poll" in frame) return frame;
  }
  throw new Error(`${shape.path}: the line ended without an answer`);
}

/** The parameters of a request to the sync service that define the shape. */
export function definitionOf(asked: URL | undefined): Record<string, string> {
  const own = [...(asked?.searchParams ?? [])].filter(
    ([name]) => !ELECTRIC_PROTOCOL_QUERY_PARAMS.includes(name),
  );
  return Object.fromEntries(own.sort());
}

/** One change in a shape's log. */
export interface Change {
  headers: { operation: "insert" | "update" | "delete"; txids?: number[]; is_move_in?: boolean };
  /** For a row that came in with a move: the snapshot in which the sync service saw the row. */
  snapshot?: PostgresSnapshot;
  key: string;
  value: Record<string, string | null>;
}

/**
 * Says that a sub-query of the rule has gained or lost values. The message has the txid. Rows that come in follow
 * without a txid, and after them the snapshot in which the sync service saw the rows. Rows that go out are not named.
 */
interface Move {
  headers: { event: "move-in" | "move-out"; txids: number[] };
}

type Control = { headers: { control: string } } | { headers: { control: "snapshot-end" } & PostgresSnapshot };

/** Says whether a change confirms the transaction to a client: by its txid, or by a snapshot that sees the transaction. */
export function confirms({ headers, snapshot }: Change, txid: number): boolean {
  if (headers.txids?.includes(txid)) return true;
  return snapshot !== undefined && isVisibleInSnapshot(txid, snapshot);
}

/** A position in a shape's log, as a client holds it. */
export interface Position {
  handle: string;
  offset: string;
  cursor: string;
}

/**
 * Follows a shape as a client does, from a position until `enough` gives true.
 *
 * @returns all changes, the txids of the transactions with which rows went out unnamed, and the position after all
 * @throws when an answer has another status than 200
 */
export async function follow(
  bench: Pick<Bench, "app">,
  shape: ShapeRoute,
  person: Person,
  from?: Position,
  enough: (changes: Change[], upToDate: boolean) => boolean = (_, upToDate) => upToDate,
): Promise<{ changes: Change[]; movedOut: number[]; position: Position }> {
  const changes: Change[] = [];
  const movedOut: number[] = [];
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
    const messages: (Change | Move | Control)[] = await answer.json();
    for (const message of messages) {
      const { headers } = message;
      if ("event" in headers && headers.event === "move-out") movedOut.push(...headers.txids);
      if ("xip_list" in headers) {
        for (const change of changes) if (change.headers.is_move_in) change.snapshot ??= headers;
      }
      if ("key" in message) changes.push(message);
    }
    const next = (name: string, last: string) => answer.headers.get(`electric-${name}`) ?? last;
    position = {
      handle: next("handle", position.handle),
      offset: next("offset", position.offset),
      cursor: next("cursor", position.cursor),
    };
    if (enough(changes, answer.headers.has("electric-up-to-date"))) return { changes, movedOut, position };
  }
}
