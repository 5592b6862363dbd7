import { randomUUID } from "node:crypto";
import * as auth from "@tracer/core/auth/auth.sql";
import * as rowDefaults from "@tracer/core/row-defaults.gen";
import { is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import { expect, vi } from "vitest";
import { collectionsFor } from "~/lib/collections";
import type { serveShape } from "~/lib/electric-proxy";
import { Outbox } from "~/lib/sync/outbox/outbox";
import { SyncMonitor } from "~/lib/sync/sync-monitor";
import type { handleTrpc } from "~/lib/trpc";
import type { PushedTransaction } from "~/lib/wire/push";
import { type Procedure, proceduresOf, type ShapeRoute } from "./bench";

type Handler = (context: { request: Request }) => Promise<Response>;

/** The part of a module of routes/api that the suite reads. */
interface RouteModule {
  Route?: { options?: { server?: { handlers?: Record<string, Handler> } } };
}

/** The part of a browser's collection that must agree with the shape route. */
export interface Collection {
  name: string;
  sync: string;
  /** The path of the procedure that the collection calls for each act. */
  calls: Partial<Record<Act, string>>;
}

type Act = "insert" | "update" | "delete";

/** All routes below /api, sorted by what they serve. */
export interface Found {
  shapes: ShapeRoute[];
  procedures: Procedure[];
  /** Routes that serve neither a shape nor the tRPC router. */
  others: string[];
}

/** Finds every shape route and every procedure of the app, from the files that are there. */
export async function discoverRoutes(): Promise<Found> {
  const files = import.meta.glob<RouteModule>("../../src/routes/api/**/*.{ts,tsx}");
  const modules = Object.entries(files).map(async ([file, load]) => {
    const path = file.slice(file.indexOf("/api/")).replace(/\.tsx?$/, "");
    return [path, (await load()).Route?.options?.server?.handlers] as const;
  });
  return sort(await Promise.all(modules));
}

/** Sorts routes by what their handlers carry: a shape policy, a tRPC router, or neither. */
export function sort(
  routes: (readonly [path: string, handlers: Record<string, Handler> | undefined])[],
): Found {
  const found: Found = { shapes: [], procedures: [], others: [] };
  for (const [path, handlers] of routes) {
    const known = Object.values(handlers ?? {});
    const [shape] = known.filter(isShape);
    const [trpc] = known.filter(isTrpc);
    // No rule would check a second handler beside the shape's.
    if (shape && known.length === 1) found.shapes.push({ path, policy: shape.policy, handle: shape });
    else if (trpc && known.every((one) => one === trpc)) found.procedures.push(...proceduresOf(trpc));
    else found.others.push(path);
  }
  return found;
}

function isShape(handler: Handler): handler is ReturnType<typeof serveShape> {
  return "policy" in handler;
}

function isTrpc(handler: Handler): handler is ReturnType<typeof handleTrpc> {
  return "appRouter" in handler;
}

/** The tables that the suite fills with rows: all tables of the app except those that a sign-up fills. */
export async function discoverTables(): Promise<PgTable[]> {
  const files = import.meta.glob<Record<string, unknown>>("../../../core/src/**/*.sql.ts");
  const modules = await Promise.all(Object.values(files).map((load) => load()));
  const tables = modules.flatMap((module) => Object.values(module).filter((one) => is(one, PgTable)));
  const own: unknown[] = Object.values(auth);
  return [...new Set(tables)].filter((table) => !own.includes(table));
}

/** What the browser puts into a new row of a table where nothing else is said, by the name of the Drizzle table. */
export async function discoverDefaults(): Promise<
  { name: string; table: PgTable; defaults: () => object }[]
> {
  const files = import.meta.glob<Record<string, unknown>>("../../../core/src/**/*.sql.ts");
  const modules = await Promise.all(Object.values(files).map((load) => load()));
  const made = new Map<string, () => object>(Object.entries(rowDefaults));
  return modules
    .flatMap((module) => Object.entries(module))
    .flatMap(([name, table]) => {
      const defaults = made.get(`${name}Defaults`);
      return defaults && is(table, PgTable) ? [{ name, table, defaults }] : [];
    });
}

/** The collections that the browser opens for a user. */
export async function discoverCollections(
  opened: object = collectionsFor("somebody"),
): Promise<Collection[]> {
  const found: Collection[] = [];
  for (const one of Object.values(opened)) {
    if (one instanceof SyncMonitor || one instanceof Outbox) continue;
    const { id, config } = one as { id: string; config: { syncMode?: string } & Handlers };
    const [name = ""] = id.split(":", 1);
    found.push({ name, sync: config.syncMode ?? "eager", calls: await callsOf(id, config) });
  }
  return found;
}

type Handlers = Partial<Record<"onInsert" | "onUpdate" | "onDelete", (change: object) => Promise<unknown>>>;

/** Lets a collection write a row, and records the procedure that the collection calls. Every write is refused. */
async function callsOf(id: string, { onInsert, onUpdate, onDelete }: Handlers): Promise<Collection["calls"]> {
  const calls: Collection["calls"] = {};
  for (const [act, handle] of Object.entries({ insert: onInsert, update: onUpdate, delete: onDelete })) {
    using _unsent = vi.spyOn(globalThis, "fetch").mockImplementation(async (url, init) => {
      expect(String(url)).toMatch(/\/api\/trpc\/push$/);
      const { transactions }: { transactions: PushedTransaction[] } = JSON.parse(String(init?.body));
      calls[act as Act] = transactions[0]?.operations[0]?.path;
      const refusal = { code: "FORBIDDEN", message: "only looked at" };
      return Response.json({
        result: { data: { outcomes: transactions.map((one) => ({ id: one.id, refusal })) } },
      });
    });
    const mutation = {
      type: act,
      key: "1",
      original: {},
      modified: { id: "1" },
      changes: {},
      collection: { id },
    };
    await handle?.({ transaction: { id: randomUUID(), metadata: {}, mutations: [mutation] } }).catch(
      () => {},
    );
  }
  return calls;
}

/**
 * Describes each call of a collection that does not write the table of the shape route by the rule of the route. A view
 * that nobody writes has a collection without calls.
 */
export function wrongCalls({ calls }: Collection, shape: ShapeRoute, procedures: Procedure[]): string[] {
  return Object.entries(calls).flatMap(([act, path]) => {
    const called = procedures.find((one) => one.path === path);
    // The client has a call for every name. A call that no procedure answers writes nothing.
    if (!called) return [];
    // A collection may call only procedures that write exactly one row.
    const row = called.writes?.row;
    const { table, access } = shape.policy;
    const right = row?.act === act && row.table === table && row.access === access;
    return right ? [] : [`${shape.path}: its collection's ${act} calls ${path}, which does something else`];
  });
}
