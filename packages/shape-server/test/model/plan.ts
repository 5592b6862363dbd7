import fc from "fast-check";
import { escapeIdentifier } from "pg";
import type { ReaderPlan, ShapePlan } from "./reader.ts";
import { type Condition, condition, quoted, type Table, table } from "./tables.ts";
import { type Transaction, transaction } from "./workload.ts";

/** All that happens in one run. */
export interface Plan {
  tables: Table[];
  shapes: ShapePlan[];
  readers: ReaderPlan[];
  /** One list for each session that writes. */
  writers: Transaction[][];
  /** The server ends without warning after so many transactions. */
  kills: number[];
}

export interface Size {
  writers: number;
  transactions: number;
  readers: number;
  kills: number;
}

export function plan(size: Size, subqueries: boolean): fc.Arbitrary<Plan> {
  return fc.tuple(table("a"), table("b")).chain(([a, b]) => {
    const tables = [a, b];
    const total = size.writers * size.transactions;
    const shapes = fc.array(subqueries ? fc.oneof(shape(a), subquery(a, b)) : fc.oneof(shape(a), shape(b)), {
      minLength: 2,
      maxLength: 4,
    });
    return fc.record({
      tables: fc.constant(tables),
      shapes,
      readers: fc.array(reader(total), { minLength: 2, maxLength: size.readers }),
      writers: fc.array(
        fc.array(transaction(tables), { minLength: size.transactions, maxLength: size.transactions }),
        { minLength: size.writers, maxLength: size.writers },
      ),
      kills: fc.array(fc.integer({ min: 1, max: total }), { minLength: size.kills, maxLength: size.kills }),
    });
  });
}

function shape(of: Table): fc.Arbitrary<ShapePlan> {
  const others = of.columns.slice(of.key.length);
  const columns = fc.option(
    fc.subarray(others).map((some) => {
      const chosen = of.key.length === 0 ? of.columns : [...of.columns.slice(0, of.key.length), ...some];
      return chosen.map((column) => escapeIdentifier(column.name));
    }),
  );
  return fc.record({
    table: fc.constant(quoted(of)),
    condition: condition(of),
    columns,
    replica: fc.constantFrom("default", "full"),
    moves: fc.constant(false),
  });
}

/** Rows of `outer` of which a value is, or is not, that of a row of `inner` which fulfils a condition. */
function subquery(outer: Table, inner: Table): fc.Arbitrary<ShapePlan> {
  const pairs = outer.columns.flatMap((column) =>
    inner.columns
      .filter((other) => other.type === column.type && COMPARED.has(other.type))
      .map((other) => ({ column, other, nulls: !(column.notNull && other.notNull) })),
  );
  if (pairs.length === 0) return shape(outer);
  const where = fc
    .tuple(fc.constantFrom(...pairs), condition(inner), fc.boolean())
    .map(([{ column, other, nulls }, inside, negated]): Condition => {
      const select = `SELECT ${escapeIdentifier(other.name)} FROM ${quoted(inner)}`;
      const tail = inside ? ` WHERE ${inside.where}` : "";
      const word = negated && !nulls ? "NOT IN" : "IN";
      const params = inside?.params ?? [];
      return { where: `${escapeIdentifier(column.name)} ${word} (${select}${tail})`, params };
    });
  return fc.record({
    table: fc.constant(quoted(outer)),
    condition: where,
    columns: fc.constant(null),
    replica: fc.constantFrom("default", "full"),
    moves: fc.constant(true),
  });
}

const COMPARED = new Set(["int4", "int8", "text", "uuid"]);

function reader(total: number): fc.Arbitrary<ReaderPlan> {
  const some = (most: number) => fc.integer({ min: 0, max: most });
  return fc
    .record({
      shape: fc.nat(),
      joins: fc.oneof(fc.constant(0), some(total)),
      stays: fc.option(some(total), { freq: 1 }),
      streams: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
      breaks: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
    })
    .map(({ stays, ...rest }) => ({
      ...rest,
      leaves: stays === null ? null : Math.min(total, rest.joins + stays),
    }));
}
