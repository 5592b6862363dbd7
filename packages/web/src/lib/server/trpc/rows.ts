import "@tanstack/react-start/server-only";
import type { Access } from "@tracer/core/drizzle/access";
import type { Transaction } from "@tracer/core/drizzle/database";
import { type RowWrite, RuleRefusal } from "@tracer/core/drizzle/guard";
import { TRPCError } from "@trpc/server";
import { and, eq, type InferInsertModel, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { toPostgres } from "~/lib/server/trpc/to-postgres";

/** A table that can be synced and written. Each row has one `id`, and every write changes `updatedAt`. */
export type SyncedTable = PgTable & { id: PgColumn; updatedAt: PgColumn };

/** The rows of one table that a person may write, within a transaction. Every write is checked by the table's rule. */
export interface Rows<Values> {
  /**
   * Adds one row, and the row of another table that belongs to each new row, such as the membership of its maker.
   *
   * @throws TRPCError CONFLICT when the id is taken, FORBIDDEN when the person may not have such a row
   */
  insert(values: Values): Promise<void>;
  /**
   * Changes one row.
   *
   * @throws TRPCError FORBIDDEN when the person may not change the row, before or after the change
   */
  update(id: unknown, changes: Partial<Values>): Promise<void>;
  /** Removes one row. @throws TRPCError FORBIDDEN when the person may not delete the row */
  delete(id: unknown): Promise<void>;
}

/** Opens the rows of a table by its rule. */
export type OpenRows = <Table extends SyncedTable>(
  table: Table,
  access: Access,
) => Rows<InferInsertModel<Table>>;

/**
 * Makes the only way by which a procedure writes tables.
 *
 * @param tx the transaction of the procedure
 * @param userId the person who writes
 */
export function rowsIn(tx: Transaction, userId: string): OpenRows {
  return (table: SyncedTable, access) => {
    /** Looks for a row after its write. Finds nothing when the row is not as the person may leave it. */
    const left = (id: unknown) =>
      tx
        .select({ id: table.id })
        .from(table)
        .where(idAnd(table, id, access.result(userId)));

    return {
      async insert(values) {
        const row: Record<string, unknown> = values;
        const check = await guarded(tx, access, { act: "insert", userId, id: row.id, values: row });
        const adding = tx
          .insert(table)
          .values(toPostgres(table, row))
          .onConflictDoNothing({ target: table.id })
          .returning({ id: table.id });
        const founding = access.founding?.(row, userId);
        // Both statements go to Postgres at once. Only a row that is new gets the row that belongs to it.
        const [added, found] = founding ? [await adding] : await Promise.all([adding, left(row.id)]);
        if (added.length === 0) {
          throw new TRPCError({ code: "CONFLICT", message: "This has been added already." });
        }
        if (founding) await tx.insert(founding.table).values({ ...founding.values });
        if ((found ?? (await left(row.id))).length === 0) throw notYours();
        await check();
      },

      async update(id, changes) {
        const values: Record<string, unknown> = changes;
        const check = await guarded(tx, access, { act: "update", userId, id, values });
        const changing = tx
          .update(table)
          // Every update has to change the row. Electric sends no update that leaves a row unchanged, and the browser
          // would wait for the txid in vain.
          .set({ ...toPostgres(table, values), updatedAt: sql`clock_timestamp()` })
          .where(idAnd(table, id, access.writable(userId)))
          .returning({ id: table.id });
        // Both statements go to Postgres at once.
        const [changed, found] = await Promise.all([changing, left(values.id ?? id)]);
        if (changed.length === 0 || found.length === 0) throw notYours();
        await check();
      },

      async delete(id) {
        const check = await guarded(tx, access, { act: "delete", userId, id, values: {} });
        const removed = await tx
          .delete(table)
          .where(idAnd(table, id, access.deletable(userId)))
          .returning({ id: table.id });
        if (removed.length === 0) throw notYours();
        await check();
      },
    };
  };
}

/** Asks the guard of a rule before a write, and returns the check for the time after the write. */
async function guarded(tx: Transaction, access: Access, write: RowWrite): Promise<() => Promise<void>> {
  const check = await access.guard?.(tx, write);
  if (check === false) throw notYours();
  return async () => {
    try {
      await check?.();
    } catch (error) {
      if (error instanceof RuleRefusal) throw new TRPCError({ code: "CONFLICT", message: error.message });
      throw error;
    }
  };
}

function idAnd(table: SyncedTable, id: unknown, condition: SQL): SQL | undefined {
  return and(eq(table.id, id), condition);
}

/** The same error for a row of another user and for a missing row, so that a caller cannot tell them apart. */
function notYours(): TRPCError {
  return new TRPCError({ code: "FORBIDDEN", message: "You can change only what is yours." });
}
