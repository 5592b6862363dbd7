import "@tanstack/react-start/server-only";
import type { ConstraintWords } from "@tracer/core/drizzle/constraint-words";
import type { Transaction } from "@tracer/core/drizzle/database";
import { clientTransaction } from "@tracer/core/sync/client-transaction.sql";
import { type AnyTRPCRouter, callTRPCProcedure, TRPCError } from "@trpc/server";
import { and, eq, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import { type PresumedCaller, SessionOver } from "~/lib/server/auth/caller";
import { digestOf, once } from "~/lib/server/trpc/once";
import { checked, madeByWrite, presumed, t, type Writes } from "~/lib/server/trpc/procedure";
import { pruneOutcomes } from "~/lib/server/trpc/prune";
import {
  operationsPerTransaction,
  type PushAnswer,
  type PushedOutcome,
  type PushedTransaction,
  transactionsPerPush,
} from "~/lib/wire/push";

const pushInput = z.strictObject({
  transactions: z
    .array(
      z.strictObject({
        id: z.uuid(),
        after: z.array(z.uuid()).max(operationsPerTransaction).optional(),
        operations: z
          .array(z.strictObject({ path: z.string().max(200), input: z.unknown() }))
          .min(1)
          .max(operationsPerTransaction, `A change may hold at most ${operationsPerTransaction} operations.`),
      }),
    )
    .min(1)
    .max(transactionsPerPush, `A request may hold at most ${transactionsPerPush} changes.`),
});

/**
 * Makes the router whose `push` takes client transactions. Each client transaction becomes one Postgres transaction
 * with one txid, or writes nothing.
 *
 * An operation calls a procedure of the app's router that `write` made. The procedure runs as in a separate call: with
 * the same input schema, and the same access rule before and after. The origin and the session of the request are
 * checked once for all operations.
 */
export function pushRouter(appRouter: AnyTRPCRouter) {
  return t.router({
    push: presumed.input(pushInput).mutation(async ({ ctx, input }): Promise<PushAnswer> => {
      const outcomes: PushedOutcome[] = [];
      for (const transaction of input.transactions) {
        try {
          outcomes.push({ id: transaction.id, ...(await apply(appRouter, transaction, ctx)) });
        } catch (failure) {
          if (outcomes.length > 0) return { outcomes, retry: true };
          if (failure instanceof SessionOver) await checked(ctx.request);
          throw failure;
        }
      }
      void pruneOutcomes();
      return { outcomes };
    }),
  });
}

/** Runs the operations of one client transaction in one Postgres transaction. */
function apply(
  appRouter: AnyTRPCRouter,
  { id, after = [], operations }: PushedTransaction,
  { request, caller, stands }: { request: Request } & PresumedCaller,
) {
  const claim = { userId: caller.id, id, digest: digestOf(operations) };
  return once(claim, {
    stands,
    words: constraintsOf(appRouter, operations),
    run: async (tx, txid) => {
      await refuseAfterRefused(tx, caller.id, after);
      for (const { path, input } of operations) {
        if (!writesOf(appRouter, path)) throw notFound(path);
        await callTRPCProcedure({
          router: appRouter,
          type: "mutation",
          path,
          getRawInput: async () => input,
          ctx: { request, within: { tx, caller, txid } },
          signal: request.signal,
          batchIndex: 0,
        });
      }
    },
  });
}

/** Throws when one of the earlier transactions was refused. Its rows, which the later one needs, were never written. */
async function refuseAfterRefused(tx: Transaction, userId: string, after: readonly string[]): Promise<void> {
  if (after.length === 0) return;
  const refused = await tx
    .select({ id: clientTransaction.id })
    .from(clientTransaction)
    .where(
      and(
        eq(clientTransaction.userId, userId),
        inArray(clientTransaction.id, [...after]),
        sql`${clientTransaction.outcome} ? 'refusal'`,
      ),
    )
    .limit(1);
  if (refused.length === 0) return;
  throw new TRPCError({ code: "CONFLICT", message: "An earlier change of the same row was refused." });
}

/** Returns what the procedure at a path writes. Undefined when there is no such procedure that `write` made. */
function writesOf(appRouter: AnyTRPCRouter, path: string): Writes | undefined {
  const { procedures } = appRouter._def;
  if (!Object.hasOwn(procedures, path)) return undefined;
  const { type, meta } = procedures[path]._def;
  const writes: Writes | undefined = meta?.writes;
  return writes && type === "mutation" && madeByWrite.has(writes) ? writes : undefined;
}

function constraintsOf(
  appRouter: AnyTRPCRouter,
  operations: PushedTransaction["operations"],
): ConstraintWords {
  return Object.assign({}, ...operations.map(({ path }) => writesOf(appRouter, path)?.constraints));
}

/** The error that a separate call of the path would get. */
function notFound(path: string): TRPCError {
  return new TRPCError({ code: "NOT_FOUND", message: `No "mutation"-procedure on path "${path}"` });
}
