import "@tanstack/react-start/server-only";
import type { ConstraintWords } from "@tracer/core/drizzle/constraint-words";
import type { Transaction } from "@tracer/core/drizzle/database";
import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { FieldRefusal } from "~/lib/server/field-refusal";
import { digestOf, once } from "~/lib/server/trpc/once";
import type { Txid } from "~/lib/server/trpc/procedure";
import type { Operation } from "~/lib/wire/push";

/**
 * Reads the key of a call, with which a client can send the call again. Undefined when the request has no key.
 *
 * @throws TRPCError BAD_REQUEST for a key that is no UUID
 */
export function keyOf(request: Request): string | undefined {
  const key = request.headers.get("idempotency-key");
  if (key === null) return undefined;
  if (z.uuid().safeParse(key).success) return key;
  throw new TRPCError({ code: "BAD_REQUEST", message: "The Idempotency-Key must be a UUID." });
}

/** The result of the remaining middlewares and of the procedure. */
type Result = { ok: true } | { ok: false; error: TRPCError };

/**
 * Runs a procedure that was called with a key. A repetition writes nothing and gets the first outcome.
 *
 * @returns the result of the procedure, or for a repetition a result with the first `{ txid }`
 * @throws TRPCError when the procedure refuses the call, or for a repetition the first refusal
 */
export async function onceByKey<Success extends Result>(
  { userId, id, operation }: { userId: string; id: string; operation: Operation },
  run: (tx: Transaction, txid: Txid) => Promise<Success>,
  words?: ConstraintWords,
): Promise<Success> {
  let result: Success | undefined;
  const claim = { userId, id, digest: digestOf([operation]) };
  const outcome = await once(claim, {
    words,
    run: async (tx, txid) => {
      result = undefined;
      const ran = await run(tx, txid);
      if (!ran.ok) throw ran.error;
      // Throws for a repetition, whose result is rolled back.
      await txid();
      result = ran;
    },
  });
  if ("refusal" in outcome) throw errorOf(outcome.refusal);
  // tRPC has no type for a result that does not come from `next()`. It reads only these two fields.
  return result ?? ({ ok: true, data: { txid: outcome.txid } } as unknown as Success);
}

/** Turns a recorded refusal back into an error. */
function errorOf({ code, message, fields = {} }: Refusal): TRPCError {
  return new FieldRefusal(code as TRPCError["code"], message, fields);
}
