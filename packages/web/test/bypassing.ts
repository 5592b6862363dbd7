import type { Transaction } from "@tracer/core/drizzle/database";
import type { ReadingTransaction } from "~/lib/trpc";

/** Writes tables past their rules. By its type `ctx.tx` only reads, so this takes a cast. */
export function bypassing(tx: ReadingTransaction): Transaction {
  return tx as Transaction;
}
