import { ELECTRIC_PROTOCOL_QUERY_PARAMS } from "@electric-sql/client";
import { user } from "@tracer/core/auth/auth.sql";
import { access, readOnly } from "@tracer/core/drizzle/access";
import { timestamps } from "@tracer/core/drizzle/columns";
import { eq, sql } from "drizzle-orm";
import { integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createSelectSchema } from "drizzle-zod";
import { Resource } from "sst";
import { z } from "zod";
import { type ShapePolicy, type ShapeRequest, serveShape, shapeDefinition } from "~/lib/electric-proxy";
import { callerOf } from "~/lib/server/auth/caller";
import { forwardShape } from "~/lib/server/shapes/electric-forward";
import * as notes from "../example/note.sql";
import { selectPersonSchema } from "../example/person.sql";
import * as readings from "../example/reading.sql";
import type { ShapeRoute } from "./bench";
import type { shapeRules } from "./shape-rules";

/**
 * A table whose migration forgot the replica identity, with a column whose name does not survive the mapping to
 * camelCase and back.
 */
export const plot = pgTable("plot", {
  id: uuid("id").primaryKey(),
  userId: text("user_id")
    .notNull()
    .references(() => user.id),
  m2Area: integer("m2_area").notNull(),
  ...timestamps,
});

const plotAccess = access((userId) => eq(plot.userId, userId));

const good: ShapePolicy = { table: notes.note, schema: notes.selectNoteSchema, access: notes.noteAccess };
const onDemand: ShapePolicy = {
  table: readings.reading,
  schema: readings.selectReadingSchema.omit({ sensor: true }),
  access: readings.readingAccess,
  sync: "on-demand",
};

/** Each mistake, the rule that finds the mistake, and the message of the rule. */
export const brokenShapes: [mistake: string, keyof typeof shapeRules, ShapeRoute, says: RegExp][] = [
  [
    "a table without a rule",
    "has a rule for reading and one for writing",
    route("/api/ruleless", { table: good.table, schema: good.schema } as ShapePolicy),
    /ruleless: it needs an access rule/,
  ],
  [
    "a route that forgets to ask who calls",
    "answers 401 without a session, and asks the sync service nothing",
    { ...route("/api/open", good), handle: forwarding(good, () => {}, "anybody") },
    /open: without a session/,
  ],
  [
    "a route that widens its shape on the line",
    "asks for the same shape over the line, and refuses there what it refuses",
    {
      ...route("/api/lined", good),
      handle: Object.assign(serveShape(good), {
        hold: serveShape({ ...good, access: access(() => sql`true`) }).hold,
      }),
    },
    /lined: another shape over the line/,
  ],
  [
    "a route that takes the client's where",
    "asks for the same shape whatever a client sends",
    {
      ...route("/api/narrowed", good),
      handle: forwarding(good, (url, asked) => {
        const where = asked.get("where");
        if (where !== null) url.searchParams.set("where", where);
      }),
    },
    /narrowed: what a client sends changes the shape: .*"where"/,
  ],
  [
    "a route that takes its user from a header",
    "asks for the same shape whatever a client sends",
    {
      ...route("/api/trusting", good),
      handle: async ({ request }) => {
        const named = request.headers.get("x-user-id");
        return forwarding(
          good,
          (url) => named !== null && url.searchParams.set("params[1]", named),
        )({ request });
      },
    },
    /trusting: what a client sends changes the shape: .*"x-user-id"/,
  ],
  [
    "a route that sends all columns",
    "asks for the columns of its schema, and lets a client name no others",
    {
      ...route("/api/wide", onDemand),
      handle: forwarding(onDemand, (url) => url.searchParams.delete("columns")),
    },
    /wide: the columns of the shape/,
  ],
  [
    "a column whose name does not survive the mapping to camelCase and back",
    "has column names that survive the mapping to camelCase and back",
    route("/api/plots", { table: plot, schema: createSelectSchema(plot), access: plotAccess }),
    /plots: the column m2_area/,
  ],
  [
    "a route that lets caches store an answer",
    "lets no cache store an answer, whatever its status",
    {
      ...route("/api/cached", good),
      handle: async (context) => {
        const answer = await serveShape(good)(context);
        if (answer.status === 429) answer.headers.set("cache-control", "public, max-age=60");
        return answer;
      },
    },
    /cached: when the sync service answers 429/,
  ],
  [
    "a rule that lets everybody read everything",
    "sends exactly the rows that its rule lets a person read, and only their declared columns",
    route("/api/leaky", { ...good, access: access(() => sql`true`) }),
    /leaky: rows of another user were sent/,
  ],
  [
    "a view that shows everybody",
    "sends exactly the rows that its rule lets a person read, and only their declared columns",
    route("/api/everybody", {
      table: user,
      schema: selectPersonSchema,
      access: readOnly(() => sql`true`),
    }),
    /everybody: rows of another user were sent/,
  ],
  [
    "a rule that the sync service refuses",
    "sends exactly the rows that its rule lets a person read, and only their declared columns",
    route("/api/refused", { ...good, access: access(() => sql`now() > ${notes.note.createdAt}`) }),
    /refused: the sync service answered 400/,
  ],
  [
    "a route that forgets its rule for live changes",
    "sends no change of another user's rows",
    {
      ...route("/api/lively", good),
      handle: forwarding(good, (url) => {
        url.searchParams.set("where", "true");
        url.searchParams.delete("params[1]");
        url.searchParams.delete("params[2]");
      }),
    },
    /lively: rows of another user were sent/,
  ],
  [
    "a shape of columns that never change, whose edits nobody could confirm",
    "sends no change of another user's rows",
    route("/api/still", { ...good, schema: createSelectSchema(notes.note).pick({ id: true }) }),
    /note: a shape needs a column that changes, such as updatedAt/,
  ],
  [
    "a table that is synced whole and accepts a subset",
    "keeps a subset within the rows and columns of the shape, or refuses the subset",
    { ...route("/api/oracle", good), handle: forwarding(good, () => {}) },
    /oracle: it is synced whole/,
  ],
  [
    "a hidden column that a subset may filter by",
    "keeps a subset within the rows and columns of the shape, or refuses the subset",
    {
      ...route("/api/probed", onDemand),
      handle: forwarding(onDemand, (url) => url.searchParams.delete("queryable_columns")),
    },
    /probed: asked for .*subset__where=%22sensor%22.*hidden/,
  ],
  [
    "a schema whose type differs from the value that arrives",
    "gives the browser rows that satisfy the schema and equal what the server reads",
    route("/api/mistyped", { ...good, schema: notes.selectNoteSchema.extend({ createdAt: z.string() }) }),
    /mistyped: a row as it arrives, against its schema/,
  ],
  [
    "a table without its replica identity",
    "replicates whole rows",
    route("/api/plots", { table: plot, schema: createSelectSchema(plot), access: plotAccess }),
    /plots: its migration lacks alter table "plot" replica identity full/,
  ],
];

function route(path: string, policy: ShapePolicy): ShapeRoute {
  return { path, policy, handle: serveShape(policy) };
}

/** A shape route that is written by hand, with a mistake in its request to the sync service. */
function forwarding(
  policy: ShapePolicy,
  mistake: (url: URL, asked: URLSearchParams) => unknown,
  anybody?: string,
) {
  return async ({ request }: { request: ShapeRequest }): Promise<Response> => {
    const userId = anybody ?? (await callerOf(request))?.id;
    if (!userId) return new Response(null, { status: 401 });
    const asked = new URL(request.url).searchParams;
    const url = new URL(`${Resource.SyncEngine.url}/v1/shape`);
    for (const [name, value] of asked) {
      if (ELECTRIC_PROTOCOL_QUERY_PARAMS.includes(name)) url.searchParams.set(name, value);
    }
    for (const [name, value] of shapeDefinition(policy, userId)) url.searchParams.set(name, value);
    mistake(url, asked);
    return forwardShape(url.href, request);
  };
}
