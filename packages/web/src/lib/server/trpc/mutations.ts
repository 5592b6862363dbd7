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

/** A table that can be synced and written: rows known by one `id`, and a column that every write changes. */
type SyncedTable = PgTable & { id: PgColumn; updatedAt: PgColumn };

type ColumnOf<Table extends PgTable> = keyof Table["_"]["columns"] & string;

/** Columns whose values only the server gives. A new row holds them in the browser too, but they are not believed. */
const stamped = ["createdAt", "updatedAt"];

/**
 * Builds the mutations of one table. Each checks the caller and the input, runs in one transaction, touches only rows
 * that the caller may change before and after the write, and answers `{ txid }`.
 *
 * @param access whose rows these are: the rule that the table's shape uses as well
 * @param constraints what people are told about the table's constraints
 */
export function mutationsOf<Table extends SyncedTable>(
  table: Table,
  access: Access,
  { constraints }: { constraints?: ConstraintWords } = {},
) {
  const mine = (id: unknown, userId: string) => and(eq(table.id, id), access.writable(userId));

  /** Throws, and so undoes the write, when the caller may not change the row as it is now. */
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
     * @param schema the `id` and the fields that a person may give, strict
     * @param owner the column that holds the id of who adds a row, which is then set here and not taken from the client.
     *   Absent when a row belongs to somebody by its other columns, as a membership does by its project
     * @param ignore further columns that a new row holds in the browser, but that get their defaults here
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
     * @param schema the `id` and the fields that a person may change, strict
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
          // Set here and not left to the schema: Electric passes on no update that leaves a row as it was, and the
          // browser would wait for its txid in vain.
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

/** A row's key alone, checked as the column wants it: Postgres would fail over an id that is no UUID. */
function keySchema(table: SyncedTable) {
  const { id } = createSelectSchema(table).shape as Record<string, z.ZodType>;
  return z.strictObject({ id: id ?? z.never() });
}

/** The same answer whether the row is another's or is not there, so that nobody can find out which. */
function notYours(): TRPCError {
  return new TRPCError({ code: "FORBIDDEN", message: "You can change only what is yours." });
}
