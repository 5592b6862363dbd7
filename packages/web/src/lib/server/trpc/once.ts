import "@tanstack/react-start/server-only";
import { createHash } from "node:crypto";
import type { ConstraintWords } from "@tracer/core/drizzle/constraint-words";
import { db, type Transaction } from "@tracer/core/drizzle/database";
import { clientTransaction, type Outcome } from "@tracer/core/sync/client-transaction.sql";
import { TRPCError } from "@trpc/server";
import { and, eq, type SQL, sql } from "drizzle-orm";
import { type PresumedCaller, SessionOver } from "~/lib/server/auth/caller";
import { type Txid, writeError } from "~/lib/server/trpc/procedure";
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

/** How a client transaction is run. */
interface Act {
  /**
   * Runs the operations in a Postgres transaction. An error rolls everything back. The operations must do nothing that a
   * rollback does not undo, because a repetition is found out only while they run.
   */
  run: (tx: Transaction, txid: Txid) => Promise<void>;
  /** Checks the session in the same transaction. @throws SessionOver */
  stands?: PresumedCaller["stands"];
  /** The messages for the constraints of the tables that are written. */
  words?: ConstraintWords | undefined;
}

/**
 * Runs a client transaction once, however often the client sends it. The rows and the record of the outcome are written
 * in one Postgres transaction. A repetition gets the first outcome, and waits while the first run is under way.
 *
 * A refusal is recorded like a success. So a delayed duplicate can never write a change after the page has shown the
 * person a refusal, even when the cause of the refusal has gone.
 *
 * @returns the outcome, after its commit
 * @throws SessionOver when the session is over. Nothing was written or recorded
 * @throws TRPCError for a failure that passes: nothing was written or recorded, or the outcome is unknown. In both
 *   cases the client may send the same transaction again
 */
export async function once(claim: Claim, act: Act): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction((tx) => runFirst(tx, claim, act));
    } catch (caught) {
      if (caught instanceof SessionOver) throw caught;
      if (caught instanceof Repeated) return await repeated(claim);
      const error = writeError(caught, act.words);
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
 * Records a claim and runs the operations. The check of the session, the record and the first statements of the operations
 * travel together. Postgres executes the record before the operations, and waits there while another request runs the same.
 *
 * @throws SessionOver when the session is over
 * @throws Repeated when there is a record
 */
async function runFirst(tx: Transaction, claim: Claim, { run, stands }: Act): Promise<Outcome> {
  const standing = stands?.(tx);
  const recording = record(tx, claim, ownTxid);
  const running = run(tx, async () => {
    const outcome = await recording;
    if (outcome && "txid" in outcome) return outcome.txid;
    throw new Repeated();
  });
  // The transaction must not end before the operations have ended. The first of the errors says why the others failed.
  await Promise.allSettled([standing, recording, running]);
  await standing;
  const outcome = await recording;
  if (outcome === undefined) throw new Repeated();
  await running;
  return outcome;
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
