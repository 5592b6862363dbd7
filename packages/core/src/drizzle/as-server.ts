import { rootCause } from "../root-cause.ts";
import { db, type Transaction } from "./database.ts";

/**
 * Runs a transaction in the name of the server itself: for jobs, imports and whatever else no person asks for. The
 * transaction has no session and no owner, and no access rule stands between the transaction and the rows.
 *
 * The log gets the name of the work with the outcome, because no session tells later who wrote the rows.
 *
 * @param work what the transaction is for, in words for the operator, such as "import of prices"
 * @param run reads and writes with the given transaction. An error rolls everything back
 * @returns the result of `run`, after the commit
 * @throws what `run` or the database throws
 */
export async function asServer<Result>(
  work: string,
  run: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const began = performance.now();
  const tell = (outcome: string) =>
    console.info(`server: ${work}: ${outcome} after ${Math.round(performance.now() - began)} ms`);
  try {
    const result = await db.transaction(run);
    tell("committed");
    return result;
  } catch (error) {
    const cause = rootCause(error);
    // Only the cause: Drizzle's own message repeats the parameters of the statement, which may be somebody's data.
    tell(`rolled back (${cause instanceof Error ? cause.message : cause})`);
    throw error;
  }
}
