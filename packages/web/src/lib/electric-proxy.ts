import "@tanstack/react-start/server-only";
import { ELECTRIC_PROTOCOL_QUERY_PARAMS } from "@electric-sql/client";
import type { Access } from "@tracer/core/drizzle/access";
import { getTableColumns } from "drizzle-orm";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import { Resource } from "sst";
import type { z } from "zod";
import { type CallerSession, sessionOf } from "~/lib/server/auth/caller";
import { stillStands } from "~/lib/server/auth/standing";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { logFailure } from "~/lib/server/log-failure";
import { forwardShape } from "~/lib/server/shapes/electric-forward";
import { electricWhere } from "~/lib/server/shapes/electric-where";
import { userHeader } from "~/lib/wire/user-header";

/** What a shape route decides: which table, which columns, and whose rows. Everything else is the same for all. */
export interface ShapePolicy {
  table: PgTable;
  /** The row as the browser gets it. Its keys are the columns that are sent, and no other column leaves the server. */
  schema: z.ZodObject;
  /** Whose rows these are. The mutations of the table take it too. */
  access: Access;
  /** `on-demand` lets the client ask for parts of the shape (`subset__*`). Default: the whole shape, always. */
  sync?: "eager" | "on-demand";
}

/**
 * A policy as the parameters of a shape request. Nothing in them comes from the client.
 *
 * @throws when a key of the schema is no column of the table, or the rule compares with what has no text form
 */
export function shapeDefinition(policy: ShapePolicy, userId: string): URLSearchParams {
  const { name, schema } = getTableConfig(policy.table);
  const tableColumns = getTableColumns(policy.table);
  const columns = Object.keys(policy.schema.shape).map((key) => {
    const column = tableColumns[key];
    if (!column) throw new Error(`Shape of ${name}: the schema's "${key}" is no column of the table.`);
    return quoted(column.name);
  });
  const where = electricWhere(policy.table, policy.access.readable(userId));

  const definition = new URLSearchParams({
    table: schema ? `${quoted(schema)}.${quoted(name)}` : quoted(name),
    columns: columns.join(","),
    // Without it a subset could filter by a hidden column and so reveal it.
    queryable_columns: columns.join(","),
    where: where.sql,
    // A change may bring a row into a query that has never loaded it: then all its columns are needed.
    ...(policy.sync === "on-demand" && { replica: "full" }),
  });
  where.params.forEach((value, index) => {
    definition.set(`params[${index + 1}]`, value);
  });
  return definition;
}

/**
 * The handler of a shape route: checks the session, defines the shape, and passes Electric's answer on.
 *
 * Answers 401 without a session or when the page belongs to another user than the cookie, 400 for a request for parts
 * of a shape that is synced whole, 503 when the session cannot be checked, 502 and 504 when Electric cannot serve.
 *
 * The handler carries its policy, by which the contract suite finds it.
 */
export function serveShape(policy: ShapePolicy) {
  const handle = async ({ request }: { request: Request }): Promise<Response> => {
    const asked = new URL(request.url).searchParams;
    let session: CallerSession | undefined;
    try {
      session = await sessionOf(request);
    } catch (error) {
      return unchecked(error);
    }
    if (!session) return refusal(401, "Sign in to sync.");
    const userId = session.id;
    // Another tab may have signed in somebody else: this page's collections must not take that person's rows.
    const expected = request.headers.get(userHeader);
    if (expected !== null && expected !== userId) return refusal(401, "Another user is signed in by now.");

    const subset = [...asked.keys()].find((name) => name.startsWith("subset__"));
    if (subset && policy.sync !== "on-demand")
      return refusal(400, `This shape is synced whole: ${subset} is not accepted.`);

    const url = new URL(`${Resource.SyncEngine.url.replace(/\/$/, "")}/v1/shape`);
    for (const name of forwarded) {
      const value = asked.get(name);
      if (value !== null) url.searchParams.set(name, value);
    }
    for (const [name, value] of shapeDefinition(policy, userId)) url.searchParams.set(name, value);
    const { sourceId, sourceSecret } = Resource.SyncEngine;
    if (sourceId) url.searchParams.set("source_id", sourceId);
    if (sourceSecret) url.searchParams.set("secret", sourceSecret);
    const answer = await forwardShape(url, request);
    if (!bringsChanges(asked, answer)) return answer;
    // The poll has waited, and the session may have ended meanwhile: what was written after that is not to be seen.
    try {
      if (await stillStands(session)) return answer;
    } catch (error) {
      await answer.body?.cancel();
      return unchecked(error);
    }
    await answer.body?.cancel();
    return refusal(401, "Your session has ended.");
  };
  return Object.assign(handle, { policy });
}

/**
 * What is taken over of a client's query. Not server-sent events: a stream of them would outlive the check of the session
 * that each poll makes.
 */
const forwarded = ELECTRIC_PROTOCOL_QUERY_PARAMS.filter((name) => !name.endsWith("live_sse"));

/** True for an answer to a live poll that has something to tell. */
function bringsChanges(asked: URLSearchParams, answer: Response): boolean {
  return (
    asked.get("live") === "true" &&
    answer.status === 200 &&
    answer.headers.get("electric-offset") !== asked.get("offset")
  );
}

function unchecked(error: unknown): Response {
  logFailure("shape: the session could not be checked", error);
  return refusal(503, "Your sign-in cannot be checked at the moment.", retryAfter);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
