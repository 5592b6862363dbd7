import "@tanstack/react-start/server-only";
import type { Access } from "@tracer/core/drizzle/access";
import type { ConstraintWords } from "@tracer/core/drizzle/constraint-words";
import type { Transaction } from "@tracer/core/drizzle/database";
import { isUnavailable } from "@tracer/core/drizzle/unavailable";
import { getTRPCErrorFromUnknown, initTRPC, TRPCError } from "@trpc/server";
import type { PgTable } from "drizzle-orm/pg-core";
import { Resource } from "sst";
import type { z } from "zod";
import { type Caller, callerOf } from "~/lib/server/auth/caller";
import { constraintRefusal } from "~/lib/server/constraint-refusal";
import { logUnexpected, refusalOf } from "~/lib/server/trpc/refusal";
import { userHeader } from "~/lib/wire/user-header";

/** What a procedure writes, as the contract suite reads it. Only `write` gives it, so that no procedure is without. */
export interface Writes {
  schema: z.ZodObject;
  /** What people are told about the constraints of the tables that it writes. */
  constraints?: ConstraintWords;
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

/** What `write` made: only that brings the checks, so that only that may be called for an operation of a push. */
export const madeByWrite = new WeakSet<Writes>();

/** What every procedure is called with. */
export interface Context {
  request: Request;
  /**
   * The transaction that an operation of a push runs in, with its caller, who has been checked, and its id. Only this
   * server sets it, never a request.
   */
  within?: { readonly tx: Transaction; readonly caller: Caller; readonly txid: number };
}

/** The root of all procedures and routers of the app. */
export const t = initTRPC
  .context<Context>()
  .meta<{ writes: Writes }>()
  .create({
    errorFormatter: ({ shape, error }) => {
      logUnexpected(error);
      const { message, fields } = refusalOf(error);
      const { code, httpStatus } = shape.data;
      return { ...shape, message, data: { code, httpStatus, ...(fields && { fields }) } };
    },
  });

/** A procedure for signed-in users, refused to pages of other sites. `ctx.caller` is who calls. */
export const authed = t.procedure
  .use(async ({ next, meta }) => {
    const result = await next();
    if (result.ok) return result;
    throw writeError(result.error, meta?.writes.constraints);
  })
  .use(async ({ ctx, next }) =>
    next({ ctx: { caller: ctx.within?.caller ?? (await checked(ctx.request)) } }),
  );

/**
 * Makes of an error on the way of a write what the caller is answered: words where the database refused the values,
 * SERVICE_UNAVAILABLE where the database cannot be reached. Any other error keeps its code.
 */
export function writeError(error: unknown, words?: ConstraintWords): TRPCError {
  const refusal = constraintRefusal(error, words);
  if (refusal) return refusal;
  if (!isUnavailable(error)) return getTRPCErrorFromUnknown(error);
  return new TRPCError({
    code: "SERVICE_UNAVAILABLE",
    message: "The database cannot be reached at the moment, so nothing was saved. Try again in a moment.",
    cause: error,
  });
}

/** Who makes a request that writes, asked of the database. */
async function checked(request: Request): Promise<Caller> {
  // A session cookie alone proves nothing: SameSite=Lax lets sibling sites send it too.
  if (request.headers.get("origin") !== new URL(Resource.Site.url).origin) {
    throw new TRPCError({
      code: "FORBIDDEN",
      message: "This request did not come from the app's own pages.",
    });
  }
  const caller = await callerOf(request, { fresh: true });
  if (!caller) throw new TRPCError({ code: "UNAUTHORIZED", message: "Sign in to make changes." });
  // Another tab may have signed in somebody else: an edit must not be written in that person's name.
  const expected = request.headers.get(userHeader);
  if (expected !== null && expected !== caller.id) {
    throw new TRPCError({ code: "UNAUTHORIZED", message: "Another user is signed in by now." });
  }
  return caller;
}
