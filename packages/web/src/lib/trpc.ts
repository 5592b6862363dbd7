import "@tanstack/react-start/server-only";
import { db, type Transaction } from "@tracer/core/drizzle/database";
import type { AnyTRPCRouter } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { keyOf, onceByKey } from "~/lib/server/trpc/idempotency-key";
import { authed, madeByWrite, t, type Writes } from "~/lib/server/trpc/procedure";
import { pushRouter } from "~/lib/server/trpc/push";
import { zodWords } from "~/lib/server/trpc/zod-words";
import { uncacheable } from "~/lib/wire/caching";

/** Makes a router of procedures or of further routers. */
export const router = t.router;

/**
 * The handler of the route that serves a tRPC router at `/api/trpc/…`, and beside its procedures `push`, which takes
 * whole client transactions. The handler carries the router, for the contract suite.
 */
export function handleTrpc(appRouter: AnyTRPCRouter) {
  const served = t.mergeRouters(appRouter, pushRouter(appRouter));
  const handle = ({ request }: { request: Request }) =>
    fetchRequestHandler({
      endpoint: "/api/trpc",
      req: request,
      router: served,
      createContext: () => ({ request }),
      // The browser's client sends none. One request could carry thousands of calls, each a transaction.
      allowBatching: false,
      responseMeta: () => ({ headers: { "cache-control": uncacheable } }),
    });
  return Object.assign(handle, { appRouter });
}

/**
 * A procedure that writes. Its input is checked first; then it runs in one transaction, `ctx.tx`, and ends with
 * `ctx.confirm()`, the answer that the browser waits for. A refusal thrown on the way undoes everything.
 *
 * The transaction is one of its own when the procedure is called alone, and that of all its operations when a client
 * transaction is pushed. A call with an `Idempotency-Key` header is written once, however often it is sent.
 *
 * @param schema must be strict: an unknown field could set a column that nobody meant to offer
 * @param prepare turns what JSON can hold into what the schema takes
 * @param writes what it writes, for the contract suite, and the words for its tables' constraints
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
      // To callers the input is the schema's: they need not know how its dates travel.
      .input({ parseAsync: parse } as unknown as Schema)
      .use(async ({ ctx, path, getRawInput, next }) => {
        const runIn = (tx: Transaction, txid: () => Promise<number>) =>
          next({ ctx: { tx, confirm: async () => ({ txid: await txid() }) } });
        const { within } = ctx;
        if (within) return runIn(within.tx, async () => within.txid);
        const key = keyOf(ctx.request);
        if (key === undefined) return allOrNothing((tx) => runIn(tx, () => generateTxId(tx)));
        const claim = { userId: ctx.caller.id, id: key, operation: { path, input: await getRawInput() } };
        return onceByKey(claim, (tx, txid) => runIn(tx, async () => txid), writes.constraints);
      })
  );
}

/** Runs a procedure in one transaction, which a refusal rolls back. */
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

/** Carries a refusal out of the transaction, which only an error can roll back. */
class Undone extends Error {
  readonly result: unknown;
  constructor(result: unknown) {
    super("undone");
    this.result = result;
  }
}

/**
 * The id of a transaction as Electric reports it with the changes: the browser waits for it to know that its edit has
 * come back.
 *
 * Only a transaction can be asked: outside of one the id would be another's, and the browser would wait in vain.
 *
 * @returns the 32-bit id without its epoch (`xid`, not `xid8`), which is what replication carries
 */
export async function generateTxId(tx: Transaction): Promise<number> {
  const { rows } = await tx.execute<{ txid: string }>(sql`select pg_current_xact_id()::xid::text as txid`);
  const txid = Number(rows[0]?.txid);
  if (!Number.isSafeInteger(txid) || txid <= 0) throw new Error("Postgres gave no transaction id.");
  return txid;
}
