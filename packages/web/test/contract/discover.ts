import * as auth from "@tracer/core/auth/auth.sql";
import { is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import { collectionsFor } from "~/lib/collections";
import type { serveShape } from "~/lib/electric-proxy";
import type { handleTrpc } from "~/lib/trpc";
import { type Procedure, proceduresOf, type ShapeRoute } from "./bench";

type Handler = (context: { request: Request }) => Promise<Response>;

/** What a module of routes/api looks like to the suite. */
interface RouteModule {
  Route?: { options?: { server?: { handlers?: Record<string, Handler> } } };
}

/** A collection of the browser, as far as it must agree with its route. */
export interface Collection {
  name: string;
  sync: string;
}

/** All routes below /api, by what they turn out to be. */
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

/** Says of each route what it is, by what its handlers carry. */
export function sort(
  routes: (readonly [path: string, handlers: Record<string, Handler> | undefined])[],
): Found {
  const found: Found = { shapes: [], procedures: [], others: [] };
  for (const [path, handlers] of routes) {
    const known = Object.values(handlers ?? {});
    const [shape] = known.filter(isShape);
    const [trpc] = known.filter(isTrpc);
    // A second handler beside the shape's would be one that no rule looks at.
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

/** The tables that rows are made in: all of the app's but those that signing up fills. */
export async function discoverTables(): Promise<PgTable[]> {
  const files = import.meta.glob<Record<string, unknown>>("../../../core/src/**/*.sql.ts");
  const modules = await Promise.all(Object.values(files).map((load) => load()));
  const tables = modules.flatMap((module) => Object.values(module).filter((one) => is(one, PgTable)));
  const own: unknown[] = Object.values(auth);
  return [...new Set(tables)].filter((table) => !own.includes(table));
}

/** The collections that the browser opens for a user. */
export function discoverCollections(): Collection[] {
  const { monitor: _, ...collections } = collectionsFor("somebody");
  return Object.values(collections).map(({ id, config }) => ({
    name: id.split(":", 1)[0] ?? "",
    sync: config.syncMode ?? "eager",
  }));
}
