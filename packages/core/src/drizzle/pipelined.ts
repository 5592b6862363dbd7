import type { PoolClient, Query, QueryResult } from "@neondatabase/serverless";
import { type Asked, StatementPipeline, statementOf } from "./statement-pipeline.ts";

/**
 * Returns a connection for one transaction. The connection sends together all statements that the program asks for
 * without waiting for an answer in between, and `begin` with the first of them. So these take one round trip.
 *
 * A transaction without statements sends nothing. After `commit` or `rollback` the connection refuses every statement:
 * the statement would run outside of the transaction.
 */
export function pipelined(connection: PoolClient): PoolClient {
  let begin: Query[] = [];
  let waiting: Query[] = [];
  let isOver = false;
  const send = () => {
    const statements = waiting;
    waiting = [];
    connection.query(new StatementPipeline(statements));
  };
  const query = async (...asked: Asked): Promise<QueryResult | undefined> => {
    const text = textOf(asked);
    // Drizzle rolls back after a commit that fails.
    if (isOver && text !== "rollback") throw new Error("This transaction is over.");
    const statement = statementOf(...asked);
    if (/^begin\b/i.test(text)) {
      begin = [settled(statement)];
      return undefined;
    }
    isOver = text === "commit" || text === "rollback";
    if (isOver && begin.length > 0) return undefined;
    // The queue of `nextTick` comes after all that is left to do in this turn.
    if (waiting.length === 0) process.nextTick(send);
    waiting.push(...begin, statement);
    begin = [];
    return await new Promise((resolve, reject) => {
      statement.on("end", resolve).on("error", reject);
    });
  };
  return Object.assign(Object.create(connection), { query });
}

function textOf([query]: Asked): string {
  return (typeof query === "string" ? query : query.text).trim();
}

/** A statement for whose result nobody waits. When it fails, the statements after it fail too. */
function settled(statement: Query): Query {
  return statement.on("error", () => {});
}
