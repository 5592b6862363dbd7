import "@tanstack/react-start/server-only";
import { ELECTRIC_PROTOCOL_QUERY_PARAMS } from "@electric-sql/client";
import type { Access } from "@tracer/core/drizzle/access";
import { getTableColumns } from "drizzle-orm";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import { Resource } from "sst";
import type { z } from "zod";
import type { CallerSession } from "~/lib/server/auth/caller-session";
import { checkedSession } from "~/lib/server/auth/checked-session";
import { refusal } from "~/lib/server/http/refusal";
import { responseOf } from "~/lib/server/http/whole-answer";
import { shapesAtOnce, userShapes } from "~/lib/server/limits";
import { FairQueue } from "~/lib/server/load/fair-queue";
import { Overload, refuseOverload } from "~/lib/server/load/overload";
import { SharedUse } from "~/lib/server/load/shared-use";
import { forwardShape } from "~/lib/server/shapes/electric-forward";
import { electricWhere } from "~/lib/server/shapes/electric-where";
import { type AnswerTaker, HeldPoll, type PolledShape } from "~/lib/server/shapes/held-poll";
import type { Answer } from "~/lib/wire/line";

/** What a shape route reads of a request. */
export type ShapeRequest = Pick<Request, "url" | "signal" | "headers">;

/** The decisions of a shape route: which table, which columns, and whose rows. All else is the same for every route. */
export interface ShapePolicy {
  table: PgTable;
  /** The row that the browser gets. The server sends the columns that are keys of the schema, and no other column. */
  schema: z.ZodObject;
  /** The rule that decides whose rows these are. The mutations of the table use the same rule. */
  access: Access;
  /** `on-demand` lets the client ask for parts of the shape (`subset__*`). Default: the whole shape, always. */
  sync?: "eager" | "on-demand";
}

/**
 * Turns a policy into the parameters of a shape request. No part of the parameters comes from the client.
 *
 * @throws when a key of the schema is no column of the table, or the rule compares with a value that has no text form
 */
export function shapeDefinition(policy: ShapePolicy, userId: string): URLSearchParams {
  const where = electricWhere(policy.table, policy.access.readable(userId));
  const definition = new URLSearchParams({ ...parametersOf(policy), where: where.sql });
  where.params.forEach((value, index) => {
    definition.set(`params[${index + 1}]`, value);
  });
  return definition;
}

function parametersOf({ table, schema: row, sync }: ShapePolicy): Record<string, string> {
  const { name, schema } = getTableConfig(table);
  const tableColumns = getTableColumns(table);
  const columns = Object.keys(row.shape).map((key) => {
    const column = tableColumns[key];
    if (!column) throw new Error(`Shape of ${name}: the schema's "${key}" is no column of the table.`);
    return quoted(column.name);
  });
  return {
    table: schema ? `${quoted(schema)}.${quoted(name)}` : quoted(name),
    columns: columns.join(","),
    // Otherwise the filter of a subset could name a hidden column, and so reveal its values.
    queryable_columns: columns.join(","),
    // A change can bring a row into a query that has not loaded the row. The query then needs all columns.
    ...(sync === "on-demand" && { replica: "full" }),
  };
}

/**
 * Makes the handler of a shape route. The handler checks the session, defines the shape, and passes on Electric's
 * answer.
 *
 * Answers 401 without a session or when the page belongs to another user than the cookie, 400 to a request for a part
 * of a shape that is synced whole, 429 when the user asks too much, 503 when the session cannot be checked, and 502, 503
 * or 504 when Electric cannot serve.
 *
 * The handler carries its policy, so that the contract suite can find the handler, and holds the polls of a line.
 */
export function serveShape(policy: ShapePolicy) {
  const shape: PolledShape = { addressOf: (asked, session) => upstreamUrl(policy, asked, session) };
  const hold = (session: CallerSession, query: string, taker: AnswerTaker): HeldPoll | Response =>
    refusedPart(policy, new URLSearchParams(query)) ?? new HeldPoll(shape, session, query, taker);
  const handle = async ({ request }: { request: ShapeRequest }): Promise<Response> => {
    const session = await checkedSession(request, "shape");
    if (session instanceof Response) return session;
    const { search, searchParams: asked } = new URL(request.url);
    if (!isLive(asked)) return load(policy, session, asked, request);
    return awaitPoll((taker) => hold(session, search.slice(1), taker), request.signal);
  };
  return Object.assign(handle, { policy, hold });
}

/** True for the parameters of a live poll, which waits for changes. */
export function isLive(asked: URLSearchParams): boolean {
  return asked.get("live") === "true";
}

const shapes = new FairQueue("shapes", shapesAtOnce);
const shapesOfUser = new SharedUse("shapes", userShapes);

/** Asks Electric for rows when it is the user's turn. Answers 429 or 503 over a limit. No limit costs an SQL statement. */
async function load(
  policy: ShapePolicy,
  session: CallerSession,
  asked: URLSearchParams,
  request: ShapeRequest,
): Promise<Response> {
  const refused = refusedPart(policy, asked);
  if (refused) return refused;
  try {
    shapesOfUser.count(session.id);
    const url = upstreamUrl(policy, asked, session);
    return await shapes.run(session.id, () => forwardShape(url, request));
  } catch (error) {
    if (error instanceof Overload) return refuseOverload(request, error, session.id);
    throw error;
  }
}

/** Waits for the answer to a live poll. When the signal aborts, the poll is left. */
function awaitPoll(
  hold: (taker: AnswerTaker) => HeldPoll | Response,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve) => {
    const leave = () => {
      if (poll instanceof HeldPoll) poll.leave();
      resolve(refusal(499, "The request was given up."));
    };
    const take = (answer: Answer) => {
      signal.removeEventListener("abort", leave);
      resolve(responseOf(answer));
    };
    const poll = hold({ take });
    if (poll instanceof Response) resolve(poll);
    else if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  });
}

/** Refuses to give a part of a shape that is synced whole. */
function refusedPart({ sync }: ShapePolicy, asked: URLSearchParams): Response | undefined {
  const subset = [...asked.keys()].find((name) => name.startsWith("subset__"));
  if (!subset || sync === "on-demand") return undefined;
  return refusal(400, `This shape is synced whole: ${subset} is not accepted.`);
}

/** Makes the address at which Electric serves a shape: the client's place in the shape, and the policy's definition. */
function upstreamUrl(policy: ShapePolicy, asked: URLSearchParams, session: CallerSession): string {
  const parameters = new URLSearchParams();
  for (const name of forwarded) {
    const value = asked.get(name);
    if (value !== null) parameters.set(name, value);
  }
  return `${electricUrl("/v1/shape")}?${parameters}&${ownParameters(policy, session.id)}`;
}

/** The parameters that no client chooses. Making them anew takes microseconds, and keeping them took half a kilobyte a poll. */
function ownParameters(policy: ShapePolicy, userId: string): string {
  const parameters = shapeDefinition(policy, userId);
  const { sourceId, sourceSecret } = Resource.SyncEngine;
  if (sourceId) parameters.set("source_id", sourceId);
  if (sourceSecret) parameters.set("secret", sourceSecret);
  return parameters.toString();
}

/** The address of one of Electric's routes, without the secret. */
export function electricUrl(path: "/v1/shape" | "/v1/health"): string {
  return Resource.SyncEngine.url.replace(/\/$/, "") + path;
}

/** A handler that {@link serveShape} made. */
export type ShapeHandler = ReturnType<typeof serveShape>;

/** True for a handler that {@link serveShape} made. */
export function isShapeHandler(handler: object): handler is ShapeHandler {
  return "policy" in handler;
}

/**
 * The parameters of a client's query that go on to Electric. Server-sent events are left out, because a stream of
 * events would outlive the check of the session that each poll makes.
 */
const forwarded = ELECTRIC_PROTOCOL_QUERY_PARAMS.filter((name) => !name.endsWith("live_sse"));

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
