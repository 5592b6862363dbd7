import "@tanstack/react-start/server-only";
import { db, type Transaction } from "@tracer/core/drizzle/database";
import type { AnyTRPCRouter } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { doAfterwards } from "~/lib/server/trpc/afterwards";
import { keyOf, onceByKey } from "~/lib/server/trpc/idempotency-key";
import { authed, madeByWrite, type Txid, t, type Writes } from "~/lib/server/trpc/procedure";
import { pushRouter } from "~/lib/server/trpc/push";
import { rowsIn } from "~/lib/server/trpc/rows";
import { zodWords } from "~/lib/server/trpc/zod-words";
import { uncacheable } from "~/lib/wire/caching";
import { inspectHeader, moment, momentsHeader, momentsText } from "~/lib/wire/moments";

/** Makes a router of procedures or of other routers. */
export const router = t.router;

/**
 * Makes the handler of the route that serves a tRPC router at `/api/trpc/…`. The handler also serves `push`, which
 * takes whole client transactions. The handler carries the router, so that the contract suite can find the procedures.
 */
export function handleTrpc(appRouter: AnyTRPCRouter) {
  const served = t.mergeRouters(appRouter, pushRouter(appRouter));
  const handle = async ({ request }: { request: Request }): Promise<Response> => {
    const received = moment();
    const answer = await fetchRequestHandler({
      endpoint: "/api/trpc",
      req: request,
      router: served,
      createContext: () => ({ request }),
      // The browser's client sends no batches. A batch could carry thousands of calls, each with its own transaction.
      allowBatching: false,
      responseMeta: () => ({ headers: { "cache-control": uncacheable } }),
    });
    await doAfterwards(request);
    if (request.headers.has(inspectHeader))
      answer.headers.set(momentsHeader, momentsText({ received, answered: moment() }));
    return answer;
  };
  return Object.assign(handle, { appRouter });
}

/**
 * Makes a procedure that writes. The procedure checks the input, runs in one transaction, and returns `ctx.confirm()`,
 * the answer that the browser waits for. An error rolls the transaction back.
 *
 * A procedure writes through `ctx.rows(project, projectAccess)` alone, which holds every row against the rule of its
 * table, and reads through `ctx.tx`.
 *
 * The procedure must do nothing that a rollback does not undo: the statements travel before it is known whether the session
 * still stands and whether the call is a repetition. What has to happen outside of the database goes into `afterwards`.
 *
 * Called alone, the procedure gets a new transaction. As an operation of a push, the procedure runs in the transaction
 * of all operations. A call with an `Idempotency-Key` header is written once, however often the client sends the call.
 *
 * @param schema must be strict, because an unknown field could set a column that the app does not offer
 * @param prepare turns JSON into the input of the schema
 * @param writes what the procedure writes, for the contract suite, and the messages for the constraints of its tables
 */
export function write<Schema extends z.ZodObject>(
  schema: Schema,
  {
    prepare = (sent: unknown) => sent,
    ...writes
  }: { prepare?: (sent: unknown) => unknown } & Omit<Writes, "schema"> = {},
) {
  if (!(schema.def.catchall instanceof z.ZodNever))
    throw new Error("The input schema of a write must be strict.");
  const meta: Writes = { schema, ...writes };
  madeByWrite.add(meta);
  const parse = (sent: unknown) => schema.parseAsync(prepare(sent), { error: zodWords });
  return (
    authed
      .meta({ writes: meta })
      // For callers the input has the type of the schema. They need not know how dates travel.
      .input({ parseAsync: parse } as unknown as Schema)
      .use(async ({ ctx, path, getRawInput, next }) => {
        const runIn = (tx: Transaction, txid: Txid) => {
          const reading: ReadingTransaction = tx;
          const rows = rowsIn(tx, ctx.caller.id);
          const confirm = async () => ({ txid: await txid() });
          return next({ ctx: { tx: reading, rows, confirm, within: undefined } });
        };
        const { within } = ctx;
        if (within) return runIn(within.tx, within.txid);
        const key = keyOf(ctx.request);
        if (key === undefined) return allOrNothing((tx) => runIn(tx, () => generateTxId(tx)));
        const claim = { userId: ctx.caller.id, id: key, operation: { path, input: await getRawInput() } };
        return onceByKey(claim, runIn, writes.constraints);
      })
  );
}

/** The transaction of a procedure, as far as a procedure may use the transaction: to read, and to lock what it reads. */
export type ReadingTransaction = Pick<
  Transaction,
  "select" | "selectDistinct" | "selectDistinctOn" | "$count"
>;

/** Runs a procedure in one transaction. A refusal rolls the transaction back. */
function allOrNothing<Result extends { ok: boolean }>(run: (tx: Transaction) => Promise<Result>) {
  return db
    .transaction(async (tx) => {
      const result = await run(tx);
      if (!result.ok) throw new Undone(result);
      return result;
    })
    .catch((error: unknown) => {
      if (error instanceof Undone) return error.result as Result;
      throw error;
    });
}

/** Carries a refusal out of a transaction. Only an error rolls a transaction back. */
class Undone extends Error {
  readonly result: unknown;
  constructor(result: unknown) {
    super("undone");
    this.result = result;
  }
}

/**
 * Returns the id of a transaction. Electric sends the same id with the changes, and the browser waits for the id to
 * know that its edit has come back.
 *
 * Call this function in the transaction that writes. Outside of a transaction, Postgres would return the id of another
 * one, and the browser would wait in vain.
 *
 * @returns the 32-bit id without the epoch (`xid`, not `xid8`), as in the replication stream
 */
export async function generateTxId(tx: Transaction): Promise<number> {
  const { rows } = await tx.execute<{ txid: string }>(sql`select pg_current_xact_id()::xid::text as txid`);
  const txid = Number(rows[0]?.txid);
  if (!Number.isSafeInteger(txid) || txid <= 0) throw new Error("Postgres gave no transaction id.");
  return txid;
}
