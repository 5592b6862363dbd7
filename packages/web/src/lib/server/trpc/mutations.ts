import type { Access } from "@tracer/core/drizzle/access";
import type { ConstraintWords } from "@tracer/core/drizzle/constraint-words";
import type { Transaction } from "@tracer/core/drizzle/database";
import { TRPCError } from "@trpc/server";
import { and, eq, type InferInsertModel, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { createSelectSchema } from "drizzle-zod";
import { z } from "zod";
import { fromWire } from "~/lib/server/trpc/from-wire";
import { toPostgres } from "~/lib/server/trpc/to-postgres";
import { write } from "~/lib/trpc";

/** A table that can be synced and written. Each row has one `id`, and every write changes `updatedAt`. */
type SyncedTable = PgTable & { id: PgColumn; updatedAt: PgColumn };

type ColumnOf<Table extends PgTable> = keyof Table["_"]["columns"] & string;

/** Columns that only the server sets. The browser sends values for a new row too, but the server ignores them. */
const stamped = ["createdAt", "updatedAt"];

/**
 * Builds the mutations of one table. Each checks the caller and the input, runs in one transaction, touches only rows
 * that the caller may change before and after the write, and answers `{ txid }`.
 *
 * @param access the rule that decides whose rows these are, which the shape of the table uses too
 * @param constraints the messages for the constraints of the table
 */
export function mutationsOf<Table extends SyncedTable>(
  table: Table,
  access: Access,
  { constraints }: { constraints?: ConstraintWords } = {},
) {
  const mine = (id: unknown, userId: string) => and(eq(table.id, id), access.writable(userId));

  /** Throws when the caller may not change the row in its new form. The error rolls the write back. */
  const refuseUnlessMine = async (tx: Transaction, id: unknown, userId: string) => {
    const rows = await tx
      .select({ id: table.id })
      .from(table as SyncedTable)
      .where(mine(id, userId));
    if (rows.length === 0) throw notYours();
  };

  return {
    /**
     * Adds one row under an id that the client made.
     *
     * @param schema strict: the `id` and the fields that a person may set
     * @param owner the column for the id of the caller. The server sets the column and ignores the client's value.
     *   Absent when other columns decide who owns a row, such as the project of a membership
     * @param ignore further columns whose values the server ignores, so that they get their defaults
     */
    insert: <Schema extends z.ZodObject<{ id: z.ZodType }>>(
      schema: Schema,
      { owner, ignore = [] }: { owner?: ColumnOf<Table>; ignore?: ColumnOf<Table>[] } = {},
    ) => {
      const ignored = [...stamped, ...ignore, ...(owner ? [owner] : [])];
      const row = { act: "insert", table, access, owner, ignored } as const;
      return write(schema, { prepare: fromWire(table, ignored), row, constraints }).mutation(
        async ({ ctx, input }) => {
          const values = { ...(input as { id: unknown }), ...(owner && { [owner]: ctx.caller.id }) };
          const added = await ctx.tx
            .insert(table)
            .values(toPostgres(table, values) as InferInsertModel<Table>)
            .onConflictDoNothing({ target: table.id })
            .returning({ id: table.id });
          if (added.length === 0) {
            throw new TRPCError({ code: "CONFLICT", message: "This has been added already." });
          }
          await refuseUnlessMine(ctx.tx, values.id, ctx.caller.id);
          return ctx.confirm();
        },
      );
    },

    /**
     * Changes one row.
     *
     * @param schema strict: the `id` and the fields that a person may change
     */
    update: <Schema extends z.ZodObject<{ id: z.ZodType }>>(schema: Schema) =>
      write(schema, {
        prepare: fromWire(table),
        row: { act: "update", table, access },
        constraints,
      }).mutation(async ({ ctx, input }) => {
        const { id, ...changes } = input as { id: unknown };
        const changed = await ctx.tx
          .update(table as SyncedTable)
          // Every update has to change the row. Electric sends no update that leaves a row unchanged, and the browser
          // would wait for the txid in vain.
          .set({ ...toPostgres(table, changes), updatedAt: sql`clock_timestamp()` })
          .where(mine(id, ctx.caller.id))
          .returning({ id: table.id });
        if (changed.length === 0) throw notYours();
        await refuseUnlessMine(ctx.tx, id, ctx.caller.id);
        return ctx.confirm();
      }),

    /** Removes one row. */
    delete: () =>
      write(keySchema(table), { row: { act: "delete", table, access }, constraints }).mutation(
        async ({ ctx, input }) => {
          const { id } = input;
          const removed = await ctx.tx
            .delete(table)
            .where(mine(id, ctx.caller.id))
            .returning({ id: table.id });
          if (removed.length === 0) throw notYours();
          return ctx.confirm();
        },
      ),
  };
}

/** A schema for the key of a row. Without the check of the type, Postgres would fail over an id that is no UUID. */
function keySchema(table: SyncedTable) {
  const { id } = createSelectSchema(table).shape as Record<string, z.ZodType>;
  return z.strictObject({ id: id ?? z.never() });
}

/** The same error for a row of another user and for a missing row, so that a caller cannot tell them apart. */
function notYours(): TRPCError {
  return new TRPCError({ code: "FORBIDDEN", message: "You can change only what is yours." });
}
