import fc from "fast-check";
import { escapeIdentifier } from "pg";
import { type Column, literal, quoted, type Table } from "./tables.ts";

// Random transactions on random tables.

export interface Transaction {
  statements: string[];
  end: "COMMIT" | "ROLLBACK";
  /** Wait until a reader has been answered before going on. */
  pause: boolean;
}

const value = (column: Column) => fc.constantFrom(...column.values).map((each) => literal(each, column));

function assignment(columns: Column[]): fc.Arbitrary<string> {
  return fc
    .constantFrom(...columns)
    .chain((column) => value(column).map((each) => `${escapeIdentifier(column.name)} = ${each}`));
}

function selection(columns: Column[]): fc.Arbitrary<string> {
  return fc
    .constantFrom(...columns)
    .chain((column) =>
      value(column).map((each) => `${escapeIdentifier(column.name)} IS NOT DISTINCT FROM ${each}`),
    );
}

/** One statement; each may change no row, one, or many. */
function statement(table: Table): fc.Arbitrary<string> {
  const name = quoted(table);
  const { columns } = table;
  const keys = columns.filter((column) => /^k\d$/.test(column.name));
  const rest = columns.filter((column) => !keys.includes(column));
  const key = fc.tuple(...keys.map((column) => selection([column]))).map((tests) => tests.join(" AND "));
  const row = fc.tuple(...columns.map(value)).map((values) => `(${values.join(", ")})`);
  const rows = fc.array(row, { minLength: 1, maxLength: 4 }).map((list) => list.join(", "));
  return fc.oneof(
    {
      weight: 6,
      arbitrary: rows.map((list) => `INSERT INTO ${name} VALUES ${list} ON CONFLICT DO NOTHING`),
    },
    { weight: 5, arbitrary: fc.tuple(assignment(rest), key).map(([set, at]) => update(name, set, at)) },
    {
      weight: 2,
      arbitrary: fc.tuple(assignment(rest), selection(rest)).map(([set, at]) => update(name, set, at)),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(assignment(rest), assignment(rest), key)
        .map(([a, b, at]) => (sameColumn(a, b) ? update(name, a, at) : update(name, `${a}, ${b}`, at))),
    },
    { weight: 2, arbitrary: fc.tuple(assignment(keys), key).map(([set, at]) => update(name, set, at)) },
    { weight: 1, arbitrary: assignment(rest).map((set) => `UPDATE ${name} SET ${set}`) },
    { weight: 3, arbitrary: key.map((at) => `DELETE FROM ${name} WHERE ${at}`) },
    { weight: 1, arbitrary: selection(rest).map((at) => `DELETE FROM ${name} WHERE ${at}`) },
  );
}

const update = (name: string, set: string, at: string) => `UPDATE ${name} SET ${set} WHERE ${at}`;
const sameColumn = (a: string, b: string) => a.split(" = ")[0] === b.split(" = ")[0];

/** Some statements, perhaps inside a savepoint that is kept or rolled back. */
function block(tables: Table[]): fc.Arbitrary<string[]> {
  const some = fc.array(
    fc.constantFrom(...tables).chain((table) => statement(table)),
    { minLength: 1, maxLength: 3 },
  );
  return fc
    .tuple(some, fc.constantFrom("", "", "RELEASE SAVEPOINT s", "ROLLBACK TO SAVEPOINT s"))
    .map(([list, end]) => (end === "" ? list : ["SAVEPOINT s", ...list, end]));
}

export function transaction(tables: Table[]): fc.Arbitrary<Transaction> {
  const truncate = fc.constantFrom(...tables).map((table) => [`TRUNCATE ${quoted(table)}`]);
  const blocks = fc.array(block(tables), { minLength: 1, maxLength: 3 }).map((list) => list.flat());
  return fc.record({
    statements: fc.oneof({ weight: 60, arbitrary: blocks }, { weight: 1, arbitrary: truncate }),
    end: fc.oneof(
      { weight: 7, arbitrary: fc.constant("COMMIT" as const) },
      { weight: 1, arbitrary: fc.constant("ROLLBACK" as const) },
    ),
    pause: fc.boolean(),
  });
}
