import "@tanstack/react-start/server-only";
import type { Access } from "@tracer/core/drizzle/access";
import type { ConstraintWords } from "@tracer/core/drizzle/constraint-words";
import type { Transaction } from "@tracer/core/drizzle/database";
import { isUnavailable } from "@tracer/core/drizzle/unavailable";
import { getTRPCErrorFromUnknown, initTRPC, TRPCError } from "@trpc/server";
import type { PgTable } from "drizzle-orm/pg-core";
import type { z } from "zod";
import { callerOf, type PresumedCaller, presumedCaller } from "~/lib/server/auth/caller";
import type { Caller } from "~/lib/server/auth/caller-session";
import { constraintRefusal } from "~/lib/server/constraint-refusal";
import { foreignPage, isFromOwnPage } from "~/lib/server/http/own-origin";
import { logUnexpected, refusalOf } from "~/lib/server/trpc/refusal";
import { userHeader } from "~/lib/wire/user-header";

/** What a procedure writes, for the contract suite. Only `write` makes one, so every procedure that writes has one. */
export interface Writes {
  schema: z.ZodObject;
  /** The messages for the constraints of the tables that the procedure writes. */
  constraints?: ConstraintWords;
  /** The one row that the procedure adds, changes or removes. Absent when the procedure does more. */
  row?: {
    act: "insert" | "update" | "delete";
    table: PgTable;
    access: Access;
    /** The column that the server sets to the id of the caller. */
    owner?: string;
    /** Keys of the input that the server drops and does not refuse. */
    ignored?: string[];
  };
}

/** The procedures that `write` made. Only these have the checks, so a push may call only these. */
export const madeByWrite = new WeakSet<Writes>();

/** Gives the id of the transaction, as soon as Postgres has told it. */
export type Txid = () => Promise<number>;

/** The context of every procedure. */
export interface Context {
  request: Request;
  /**
   * The transaction of a push in which the procedure runs, with its id and the checked caller. Only this server sets
   * the field, never a request.
   */
  within?: { readonly tx: Transaction; readonly caller: Caller; readonly txid: Txid };
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

const inWords = t.procedure.use(async ({ next, meta }) => {
  const result = await next();
  if (result.ok) return result;
  throw writeError(result.error, meta?.writes.constraints);
});

/** A procedure for signed-in users. Refuses pages of other sites. `ctx.caller` is the signed-in user. */
export const authed = inWords.use(async ({ ctx, next }) =>
  next({ ctx: { caller: ctx.within?.caller ?? (await checked(ctx.request)) } }),
);

/**
 * A procedure as {@link authed}, which has to await `ctx.stands` in each transaction before the commit. When the session
 * turns out to be over, {@link checked} makes the refusal.
 */
export const presumed = inWords.use(async ({ ctx, next }) => next({ ctx: await presume(ctx.request) }));

/**
 * Turns an error of a write into the error for the caller: a message when a constraint of the database refused the
 * values, SERVICE_UNAVAILABLE when the database cannot be reached. Any other error keeps its code.
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

async function presume(request: Request): Promise<PresumedCaller> {
  refuseForeign(request);
  const presumed = presumedCaller(request);
  if (!presumed) return { caller: await checked(request), stands: async () => {} };
  refuseOther(request, presumed.caller);
  return presumed;
}

/**
 * Returns the caller of a request that writes, after a check of the session in the database.
 *
 * @throws TRPCError UNAUTHORIZED when nobody is signed in
 */
export async function checked(request: Request): Promise<Caller> {
  refuseForeign(request);
  const caller = await callerOf(request, { fresh: true });
  if (!caller) throw new TRPCError({ code: "UNAUTHORIZED", message: "Sign in to make changes." });
  refuseOther(request, caller);
  return caller;
}

function refuseForeign(request: Request): void {
  if (!isFromOwnPage(request)) throw new TRPCError({ code: "FORBIDDEN", message: foreignPage });
}

/** Another tab may have signed in another person. The edit must not be written in the name of that person. */
function refuseOther(request: Request, caller: Caller): void {
  const expected = request.headers.get(userHeader);
  if (expected !== null && expected !== caller.id) {
    throw new TRPCError({ code: "UNAUTHORIZED", message: "Another user is signed in now." });
  }
}
