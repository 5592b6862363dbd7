import "@tanstack/react-start/server-only";
import { createHash } from "node:crypto";
import type { ConstraintWords } from "@tracer/core/drizzle/constraint-words";
import { db, type Transaction } from "@tracer/core/drizzle/database";
import { clientTransaction, type Outcome } from "@tracer/core/sync/client-transaction.sql";
import { TRPCError } from "@trpc/server";
import { and, eq, type SQL, sql } from "drizzle-orm";
import { writeError } from "~/lib/server/trpc/procedure";
import { logUnexpected, refusalOf } from "~/lib/server/trpc/refusal";
import type { Operation } from "~/lib/wire/push";

/** A client transaction as its record names it. */
export interface Claim {
  userId: string;
  /** The UUID that the client made. */
  id: string;
  /** By {@link digestOf}. */
  digest: string;
}

/** What tells one content from another under the same id: SHA-256 of the operations, in hex. */
export function digestOf(operations: readonly Operation[]): string {
  return createHash("sha256").update(JSON.stringify(operations)).digest("hex");
}

/** How often a transaction is tried that fails for a reason which nobody foresaw, such as a deadlock. */
const attempts = 3;

/** Codes of failures that pass. They say nothing about the operations, so that nothing is remembered. */
const passing: TRPCError["code"][] = [
  "SERVICE_UNAVAILABLE",
  "BAD_GATEWAY",
  "GATEWAY_TIMEOUT",
  "TIMEOUT",
  "TOO_MANY_REQUESTS",
];

/**
 * Runs a client transaction once, however often it is sent: in one Postgres transaction together with the record of its
 * outcome. A repetition gets the first outcome, and waits for it where the first run is still under way.
 *
 * Refusals are remembered like successes. A duplicate that was delayed on the way can never write what the person has
 * been told was refused, even when the cause of the refusal has gone.
 *
 * @param run the operations; its transaction's id is the second argument. What it throws undoes everything
 * @param words what people are told about the constraints of the tables that are written
 * @returns the outcome, which is committed by then
 * @throws TRPCError for a failure that passes: nothing was written and nothing remembered, or the outcome is unknown.
 *   In both cases the same transaction may be sent again
 */
export async function once(
  claim: Claim,
  run: (tx: Transaction, txid: number) => Promise<void>,
  words?: ConstraintWords,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(async (tx) => {
        const outcome = await record(tx, claim, ownTxid);
        if (outcome === undefined) return await remembered(tx, claim);
        if ("txid" in outcome) await run(tx, outcome.txid);
        return outcome;
      });
    } catch (caught) {
      const error = writeError(caught, words);
      if (passing.includes(error.code)) throw error;
      if (error.code === "INTERNAL_SERVER_ERROR" && attempt < attempts) continue;
      logUnexpected(error);
      return await remember(claim, { refusal: refusalOf(error) });
    }
  }
}

/** A success, as Postgres writes it: the record holds the id of the very transaction that writes the record. */
const ownTxid = sql<Outcome>`jsonb_build_object('txid', pg_current_xact_id()::xid::text::bigint)`;

/** Writes the record of a claim. Undefined when there is one. Waits while another transaction is writing it. */
async function record(
  tx: Transaction,
  claim: Claim,
  outcome: Outcome | SQL<Outcome>,
): Promise<Outcome | undefined> {
  const [added] = await tx
    .insert(clientTransaction)
    .values({ ...claim, outcome })
    .onConflictDoNothing()
    .returning({ outcome: clientTransaction.outcome });
  return added?.outcome;
}

async function remembered(tx: Transaction, { userId, id, digest }: Claim): Promise<Outcome> {
  const [found] = await tx
    .select({ outcome: clientTransaction.outcome, digest: clientTransaction.digest })
    .from(clientTransaction)
    .where(and(eq(clientTransaction.userId, userId), eq(clientTransaction.id, id)));
  // Pruned in this very moment. The client asks again.
  if (!found) throw new TRPCError({ code: "SERVICE_UNAVAILABLE", message: "Try again in a moment." });
  if (found.digest === digest) return found.outcome;
  return { refusal: { code: "CONFLICT", message: "This id was used for another change already." } };
}

/** Remembers a refusal, after everything was undone. A twin may have come to an outcome meanwhile: then that counts. */
async function remember(claim: Claim, refusal: Outcome): Promise<Outcome> {
  return db
    .transaction(async (tx) => (await record(tx, claim, refusal)) ?? (await remembered(tx, claim)))
    .catch((error: unknown) => {
      throw writeError(error);
    });
}
