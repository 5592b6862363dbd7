import type { Access } from "@tracer/core/drizzle/access";
import type { ConstraintWords } from "@tracer/core/drizzle/constraint-words";
import type { InferInsertModel } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { createSelectSchema } from "drizzle-zod";
import { z } from "zod";
import type { Caller } from "~/lib/server/auth/caller-session";
import { fromWire } from "~/lib/server/trpc/from-wire";
import type { SyncedTable } from "~/lib/server/trpc/rows";
import { type ReadingTransaction, write } from "~/lib/trpc";

type ColumnOf<Table extends PgTable> = keyof Table["_"]["columns"] & string;

/** A write that is about to happen. The access rule has not yet been asked. */
export interface ComingWrite<Input> {
  readonly request: Request;
  readonly tx: ReadingTransaction;
  readonly caller: Caller;
  readonly input: Input;
}

/** Columns that only the server sets. The browser sends values for a new row too, but the server ignores them. */
const stamped = ["createdAt", "updatedAt"];

/**
 * Builds the mutations of one table. Each checks the caller and the input, runs in one transaction, touches only rows
 * that the caller may change before and after the write, and answers `{ txid }`.
 *
 * @param access the rule that decides whose rows these are, which the shape of the table uses too
 * @param constraints the messages for the constraints of the table. A function, if schema files may import each other
 */
export function mutationsOf<Table extends SyncedTable>(
  table: Table,
  access: Access,
  { constraints: given }: { constraints?: ConstraintWords | (() => ConstraintWords) } = {},
) {
  const constraints = typeof given === "function" ? given() : given;
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
          await ctx.rows(table, access).insert(values as InferInsertModel<Table>);
          return ctx.confirm();
        },
      );
    },

    /**
     * Changes one row.
     *
     * @param schema strict: the `id` and the fields that a person may change
     * @param before runs in the transaction, before the row changes. An error refuses the change
     */
    update: <Schema extends z.ZodObject<{ id: z.ZodType }>>(
      schema: Schema,
      { before }: { before?: (coming: ComingWrite<z.output<Schema>>) => Promise<void> } = {},
    ) =>
      write(schema, {
        prepare: fromWire(table),
        row: { act: "update", table, access },
        constraints,
      }).mutation(async ({ ctx, input }) => {
        const { request, tx, caller } = ctx;
        await before?.({ request, tx, caller, input: input as z.output<Schema> });
        const { id, ...changes } = input as { id: unknown };
        await ctx.rows<SyncedTable>(table, access).update(id, changes);
        return ctx.confirm();
      }),

    /** Removes one row. */
    delete: () =>
      write(keySchema(table), { row: { act: "delete", table, access }, constraints }).mutation(
        async ({ ctx, input }) => {
          await ctx.rows(table, access).delete(input.id);
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
