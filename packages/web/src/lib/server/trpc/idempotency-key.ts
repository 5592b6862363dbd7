import "@tanstack/react-start/server-only";
import type { ConstraintWords } from "@tracer/core/drizzle/constraint-words";
import type { Transaction } from "@tracer/core/drizzle/database";
import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { FieldRefusal } from "~/lib/server/field-refusal";
import { digestOf, once } from "~/lib/server/trpc/once";
import type { Operation } from "~/lib/wire/push";

/**
 * The key by which a client names a call, so that it can send the call again. Undefined without one.
 *
 * @throws TRPCError BAD_REQUEST for a key that is no UUID
 */
export function keyOf(request: Request): string | undefined {
  const key = request.headers.get("idempotency-key");
  if (key === null) return undefined;
  if (z.uuid().safeParse(key).success) return key;
  throw new TRPCError({ code: "BAD_REQUEST", message: "The Idempotency-Key must be a UUID." });
}

/** What the rest of a procedure's middlewares, and the procedure itself, came to. */
type Result = { ok: true } | { ok: false; error: TRPCError };

/**
 * Runs a procedure that was called with a key: the first time for real, and ever after as its first outcome.
 *
 * @returns the procedure's result, or one that answers the first `{ txid }`
 * @throws TRPCError of the refusal, the first one's in the case of a repetition
 */
export async function onceByKey<Success extends Result>(
  { userId, id, operation }: { userId: string; id: string; operation: Operation },
  run: (tx: Transaction, txid: number) => Promise<Success>,
  words?: ConstraintWords,
): Promise<Success> {
  let result: Success | undefined;
  const outcome = await once(
    { userId, id, digest: digestOf([operation]) },
    async (tx, txid) => {
      result = undefined;
      const ran = await run(tx, txid);
      if (!ran.ok) throw ran.error;
      result = ran;
    },
    words,
  );
  if ("refusal" in outcome) throw errorOf(outcome.refusal);
  // tRPC has no type for a result that comes from elsewhere than `next()`. It looks at these two fields alone.
  return result ?? ({ ok: true, data: { txid: outcome.txid } } as unknown as Success);
}

/** A remembered refusal as the error that it was. */
function errorOf({ code, message, fields = {} }: Refusal): TRPCError {
  return new FieldRefusal(code as TRPCError["code"], message, fields);
}
