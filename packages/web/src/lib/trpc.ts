import "@tanstack/react-start/server-only";
import type { Access } from "@tracer/core/drizzle/access";
import { db, type Transaction } from "@tracer/core/drizzle/database";
import { isUnavailable } from "@tracer/core/drizzle/unavailable";
import { type AnyTRPCRouter, initTRPC, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { Resource } from "sst";
import { z } from "zod";
import { callerOf } from "~/lib/server/auth/caller";
import { constraintRefusal } from "~/lib/server/constraint-refusal";
import { logFailure } from "~/lib/server/log-failure";
import { uncacheable } from "~/lib/wire/caching";

/** What a procedure writes, as the contract suite reads it. Only `write` gives it, so that no procedure is without. */
export interface Writes {
  schema: z.ZodObject;
  /** The one row that it adds, changes or removes. Absent when a procedure does more than that. */
  row?: {
    act: "insert" | "update" | "delete";
    table: PgTable;
    access: Access;
    /** The column that is set to the caller. */
    owner?: string;
    /** Keys that are dropped and not refused. */
    ignored?: string[];
  };
}

const t = initTRPC
  .context<{ request: Request }>()
  .meta<{ writes: Writes }>()
  .create({
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      message: readable(error),
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus },
    }),
  });

/** Makes a router of procedures or of further routers. */
export const router = t.router;

/** The handler of the route that serves a tRPC router at `/api/trpc/…`. It carries the router, for the contract suite. */
export function handleTrpc(appRouter: AnyTRPCRouter) {
  const handle = ({ request }: { request: Request }) =>
    fetchRequestHandler({
      endpoint: "/api/trpc",
      req: request,
      router: appRouter,
      createContext: () => ({ request }),
      // The browser's client sends none. One request could carry thousands of calls, each a transaction.
      allowBatching: false,
      responseMeta: () => ({ headers: { "cache-control": uncacheable } }),
    });
  return Object.assign(handle, { appRouter });
}

/** A procedure for signed-in users, refused to pages of other sites. `ctx.caller` is who calls. */
const authed = t.procedure
  .use(async ({ next }) => {
    const result = await next();
    if (result.ok) return result;
    const refusal = constraintRefusal(result.error.cause);
    if (refusal) throw refusal;
    if (!isUnavailable(result.error.cause)) return result;
    throw new TRPCError({
      code: "SERVICE_UNAVAILABLE",
      message: "The database cannot be reached at the moment, so nothing was saved. Try again in a moment.",
      cause: result.error.cause,
    });
  })
  .use(async ({ ctx, next }) => {
    // A session cookie alone proves nothing: SameSite=Lax lets sibling sites send it too.
    if (ctx.request.headers.get("origin") !== new URL(Resource.Site.url).origin) {
      throw new TRPCError({
        code: "FORBIDDEN",
        message: "This request did not come from the app's own pages.",
      });
    }
    const caller = await callerOf(ctx.request, { fresh: true });
    if (!caller) throw new TRPCError({ code: "UNAUTHORIZED", message: "Sign in to make changes." });
    return next({ ctx: { caller } });
  });

/**
 * A procedure that writes. Its input is checked first; then it runs in one transaction, `ctx.tx`, and ends with
 * `ctx.confirm()`, the answer that the browser waits for. A refusal thrown on the way undoes everything.
 *
 * @param schema must be strict: an unknown field could set a column that nobody meant to offer
 * @param prepare turns what JSON can hold into what the schema takes
 * @param row the one row that is written, for the contract suite
 */
export function write<Schema extends z.ZodObject>(
  schema: Schema,
  {
    prepare = (sent: unknown) => sent,
    row,
  }: { prepare?: (sent: unknown) => unknown; row?: Writes["row"] } = {},
) {
  if (!(schema.def.catchall instanceof z.ZodNever))
    throw new Error("The input schema of a write must be strict.");
  // To callers the input is the schema's: they need not know how its dates travel.
  const input = z.preprocess(prepare, schema) as unknown as Schema;
  return authed
    .meta({ writes: { schema, row } })
    .input(input)
    .use(({ next }) =>
      db
        .transaction(async (tx) => {
          const result = await next({ ctx: { tx, confirm: async () => ({ txid: await generateTxId(tx) }) } });
          if (!result.ok) throw new Undone(result);
          return result;
        })
        .catch((error: unknown) => {
          if (error instanceof Undone) return error.result as never;
          throw error;
        }),
    );
}

/** Carries a refusal out of the transaction, which only an error can roll back. */
class Undone extends Error {
  readonly result: unknown;
  constructor(result: unknown) {
    super("undone");
    this.result = result;
  }
}

/**
 * The id of a transaction as Electric reports it with the changes: the browser waits for it to know that its edit has
 * come back.
 *
 * Only a transaction can be asked: outside of one the id would be another's, and the browser would wait in vain.
 *
 * @returns the 32-bit id without its epoch (`xid`, not `xid8`), which is what replication carries
 */
export async function generateTxId(tx: Transaction): Promise<number> {
  const { rows } = await tx.execute<{ txid: string }>(sql`select pg_current_xact_id()::xid::text as txid`);
  const txid = Number(rows[0]?.txid);
  if (!Number.isSafeInteger(txid) || txid <= 0) throw new Error("Postgres gave no transaction id.");
  return txid;
}

/** What the person is told. Only messages that were written for them leave the server. */
function readable(error: TRPCError): string {
  if (error.cause instanceof z.ZodError) return error.cause.issues.map((issue) => issue.message).join(" ");
  if (error.code === "INTERNAL_SERVER_ERROR") {
    logFailure("trpc", error);
    return "Something went wrong on our side, and nothing was saved. Try again in a moment.";
  }
  return error.message;
}
