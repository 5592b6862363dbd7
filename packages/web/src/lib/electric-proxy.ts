import "@tanstack/react-start/server-only";
import { ELECTRIC_PROTOCOL_QUERY_PARAMS } from "@electric-sql/client";
import type { Access } from "@tracer/core/drizzle/access";
import { getTableColumns } from "drizzle-orm";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import { Resource } from "sst";
import type { z } from "zod";
import { checkedSession, unchecked } from "~/lib/server/auth/checked-session";
import { stillStands } from "~/lib/server/auth/standing";
import { refusal } from "~/lib/server/http/refusal";
import { heldPolls, shapesAtOnce, userShapes } from "~/lib/server/limits";
import { FairQueue } from "~/lib/server/load/fair-queue";
import { Held } from "~/lib/server/load/held";
import { Overload, refuseOverload } from "~/lib/server/load/overload";
import { SharedUse } from "~/lib/server/load/shared-use";
import { ForwardedShape, forwardShape } from "~/lib/server/shapes/electric-forward";
import { electricWhere } from "~/lib/server/shapes/electric-where";
import { sharePoll } from "~/lib/server/shapes/shared-polls";

/** What a shape route reads of a request. The line asks with a plain object, which takes less memory than a `Request`. */
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
  const definition = new URLSearchParams({ ...sameForAll(policy), where: where.sql });
  where.params.forEach((value, index) => {
    definition.set(`params[${index + 1}]`, value);
  });
  return definition;
}

const known = new WeakMap<ShapePolicy, Record<string, string>>();

/** The parameters that are the same for all users. They are made once, because polls ask for them thousands of times. */
function sameForAll(policy: ShapePolicy): Record<string, string> {
  const made = known.get(policy) ?? parametersOf(policy);
  known.set(policy, made);
  return made;
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
 * The handler carries its policy, so that the contract suite can find the handler.
 */
export function serveShape(policy: ShapePolicy) {
  const handle = async ({ request }: { request: ShapeRequest }): Promise<Response> => {
    const session = await checkedSession(request, "shape");
    if (session instanceof Response) return session;
    const answer = await askElectric(policy, request, session.id);
    if (!bringsChanges(request, answer)) return answer;
    // The session may have ended while the poll waited. Rows written after that must not reach the browser.
    try {
      if (await stillStands(session)) return answer;
    } catch (error) {
      await answer.body?.cancel();
      return unchecked("shape", error);
    }
    await answer.body?.cancel();
    return refusal(401, "Your session has ended.");
  };
  return Object.assign(handle, { policy });
}

const shapes = new FairQueue("shapes", shapesAtOnce);
const shapesOfUser = new SharedUse("shapes", userShapes);
const polls = new Held("polls", heldPolls);

/**
 * Asks Electric when it is the user's turn. A live poll waits most of its time, so polls have no turns: a user may hold
 * so many of them. Answers 429 or 503 over a limit. No limit costs an SQL statement.
 *
 * While a poll waits, nothing that is made here stays in memory: a process holds tens of thousands of polls.
 */
function askElectric(policy: ShapePolicy, request: ShapeRequest, userId: string): Promise<Response> {
  const { searchParams: asked } = new URL(request.url);
  const subset = [...asked.keys()].find((name) => name.startsWith("subset__"));
  if (subset && policy.sync !== "on-demand")
    return Promise.resolve(refusal(400, `This shape is synced whole: ${subset} is not accepted.`));
  const url = upstreamUrl(policy, asked, userId);
  const overloaded = async (error: unknown) => {
    if (error instanceof Overload) return await refuseOverload(request, error, userId);
    throw error;
  };
  try {
    if (asked.get("live") === "true") return wait(url, request, polls.take(userId));
    shapesOfUser.count(userId);
    return shapes.run(userId, () => forwardShape(url, request)).catch(overloaded);
  } catch (error) {
    return overloaded(error);
  }
}

/** Waits for changes, together with those who wait at the same place. */
function wait(url: string, request: ShapeRequest, release: () => void): Promise<Response> {
  // The cursor only keeps a cache from giving an old answer.
  const place = url.replace(/([?&])cursor=[^&]*&/, "$1");
  const isPlain = !request.headers.has("if-none-match");
  const answer = isPlain
    ? sharePoll(place, request, () => new ForwardedShape(url, null))
    : forwardShape(url, request);
  return answer.finally(release);
}

/** Makes the address at which Electric serves a shape: the client's place in the shape, and the policy's definition. */
function upstreamUrl(policy: ShapePolicy, asked: URLSearchParams, userId: string): string {
  const parameters = new URLSearchParams();
  for (const name of forwarded) {
    const value = asked.get(name);
    if (value !== null) parameters.set(name, value);
  }
  const { sourceId, sourceSecret } = Resource.SyncEngine;
  if (sourceId) parameters.set("source_id", sourceId);
  if (sourceSecret) parameters.set("secret", sourceSecret);
  return `${electricUrl("/v1/shape")}?${parameters}&${shapeDefinition(policy, userId)}`;
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

/** True for an answer to a live poll that brings changes. */
function bringsChanges({ url }: ShapeRequest, { status, headers }: Response): boolean {
  if (status !== 200) return false;
  const { searchParams: asked } = new URL(url);
  return asked.get("live") === "true" && headers.get("electric-offset") !== asked.get("offset");
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
