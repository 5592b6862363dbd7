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

/** The columns that identify a client transaction in its record. */
export interface Claim {
  userId: string;
  /** The UUID that the client made. */
  id: string;
  /** The result of {@link digestOf}. */
  digest: string;
}

/** Computes the SHA-256 of the operations, in hex. Other operations under the same id have another digest. */
export function digestOf(operations: readonly Operation[]): string {
  return createHash("sha256").update(JSON.stringify(operations)).digest("hex");
}

/** How often to try a transaction that fails for an unexpected reason, such as a deadlock. */
const attempts = 3;

/** The codes of failures that pass. Such a failure is no verdict on the operations, so it is not recorded. */
const passing: TRPCError["code"][] = [
  "SERVICE_UNAVAILABLE",
  "BAD_GATEWAY",
  "GATEWAY_TIMEOUT",
  "TIMEOUT",
  "TOO_MANY_REQUESTS",
];

/** Gives the id of the transaction, as soon as Postgres has told it. */
export type Txid = () => Promise<number>;

/** Runs the operations of a client transaction in a Postgres transaction. An error rolls everything back. */
export type Run = (tx: Transaction, txid: Txid) => Promise<void>;

/**
 * Runs a client transaction once, however often the client sends it. The rows and the record of the outcome are written
 * in one Postgres transaction. A repetition gets the first outcome, and waits while the first run is under way.
 *
 * A refusal is recorded like a success. So a delayed duplicate can never write a change after the page has shown the
 * person a refusal, even when the cause of the refusal has gone.
 *
 * @param run must do nothing that a rollback does not undo, because a repetition is found out only when the operations run
 * @param words the messages for the constraints of the tables that are written
 * @returns the outcome, after its commit
 * @throws TRPCError for a failure that passes: nothing was written or recorded, or the outcome is unknown. In both
 *   cases the client may send the same transaction again
 */
export async function once(claim: Claim, run: Run, words?: ConstraintWords): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction((tx) => runFirst(tx, claim, run));
    } catch (caught) {
      if (caught instanceof Repeated) return await repeated(claim);
      const error = writeError(caught, words);
      if (passing.includes(error.code)) throw error;
      if (error.code === "INTERNAL_SERVER_ERROR" && attempt < attempts) continue;
      logUnexpected(error);
      return await remember(claim, { refusal: refusalOf(error) });
    }
  }
}

/** Rolls a repetition back. */
class Repeated extends Error {}

/**
 * Records a claim and runs the operations, whose first statements travel with the record. Postgres executes the record
 * first, and waits there while another request runs the same operations.
 *
 * @throws Repeated when there is a record
 */
async function runFirst(tx: Transaction, claim: Claim, run: Run): Promise<Outcome> {
  const recording = record(tx, claim, ownTxid);
  const running = run(tx, async () => {
    const outcome = await recording;
    if (outcome && "txid" in outcome) return outcome.txid;
    throw new Repeated();
  });
  // The transaction must not end before the operations have ended.
  const [recorded, ran] = await Promise.allSettled([recording, running]);
  if (recorded.status === "rejected") throw recorded.reason;
  if (recorded.value === undefined) throw new Repeated();
  if (ran.status === "rejected") throw ran.reason;
  return recorded.value;
}

/** The outcome of a success. Postgres fills in the id of the transaction that writes the record. */
const ownTxid = sql<Outcome>`jsonb_build_object('txid', pg_current_xact_id()::xid::text::bigint)`;

/** Writes the record of a claim. Waits while another transaction writes the record. Undefined when there is one. */
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

async function repeated(claim: Claim): Promise<Outcome> {
  try {
    return await remembered(db, claim);
  } catch (error) {
    throw writeError(error);
  }
}

async function remembered(
  from: Pick<Transaction, "select">,
  { userId, id, digest }: Claim,
): Promise<Outcome> {
  const [found] = await from
    .select({ outcome: clientTransaction.outcome, digest: clientTransaction.digest })
    .from(clientTransaction)
    .where(and(eq(clientTransaction.userId, userId), eq(clientTransaction.id, id)));
  // The record was pruned in this moment. The client sends the transaction again.
  if (!found) throw new TRPCError({ code: "SERVICE_UNAVAILABLE", message: "Try again in a moment." });
  if (found.digest === digest) return found.outcome;
  return { refusal: { code: "CONFLICT", message: "This id already belongs to another change." } };
}

/** Records a refusal after the rollback. When a duplicate has recorded an outcome meanwhile, returns that outcome. */
async function remember(claim: Claim, refusal: Outcome): Promise<Outcome> {
  return db
    .transaction(async (tx) => (await record(tx, claim, refusal)) ?? (await remembered(tx, claim)))
    .catch((error: unknown) => {
      throw writeError(error);
    });
}
