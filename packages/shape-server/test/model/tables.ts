import fc from "fast-check";
import { escapeIdentifier, escapeLiteral } from "pg";

// Random tables, and random conditions on them that Electric's language has.

/** A column, and the few values that rows take in it: few, so that rows meet. Null stands for NULL. */
export interface Column {
  name: string;
  type: string;
  notNull: boolean;
  values: (string | null)[];
}
export interface Table {
  name: string;
  /** Keys come first. */
  columns: Column[];
  /** Names of the primary key's columns; empty: the table has none, and its first column is only unique. */
  key: string[];
}
export interface Condition {
  where: string;
  params: string[];
}

/** Stands in a plan for `LARGE`. */
export const LARGE_MARK = "§";
/**
 * Long, and not to be compressed: Postgres keeps it out of line and does not send it again when it is unchanged. A
 * condition may hold it four times, which has to go into a request line of 10,000 bytes.
 */
export const LARGE = Array.from({ length: 400 }, (_, i) => ((i * 2654435761) % 2 ** 32).toString(36))
  .join("")
  .slice(0, 2_200);
const STRANGE = [
  "",
  "plain",
  "it's",
  'a "quoted" one',
  "a/b//c",
  "back\\slash\\n",
  "tab\tand\nline",
  "üñ€😀",
  "null",
];

const KINDS: { type: string; values: string[]; operators: string[] }[] = [
  { type: "int4", values: ["-1", "0", "1", "2", "7"], operators: ["=", "<>", "<", ">="] },
  { type: "int8", values: ["0", "1", "9007199254740993"], operators: ["=", ">", "<="] },
  { type: "text", values: STRANGE, operators: ["=", "<>", "LIKE"] },
  { type: "text", values: ["x", LARGE_MARK, `${LARGE_MARK}!`], operators: ["=", "<>"] },
  { type: "boolean", values: ["true", "false"], operators: ["="] },
  { type: "numeric(10,2)", values: ["0.00", "1.50", "-3.25"], operators: ["=", "<", ">"] },
  {
    type: "timestamptz",
    values: ["2024-02-29 12:00:00+00", "1999-12-31 23:59:59.123456+00"],
    operators: ["=", "<"],
  },
  {
    type: "uuid",
    values: ["00000000-0000-4000-8000-000000000001", "ffffffff-ffff-4fff-bfff-ffffffffffff"],
    operators: ["="],
  },
  { type: "jsonb", values: ['{"a": [1, null, "x"]}', "[]"], operators: [] },
  { type: "text[]", values: ["{}", '{a,"b c",NULL}', "{{a},{b}}"], operators: [] },
];

const plainColumn = (i: number): fc.Arbitrary<Column> =>
  fc.tuple(fc.constantFrom(...KINDS), fc.boolean()).map(([kind, notNull]) => ({
    name: ["c", 'C "q"', "select", "ü"][i % 4] + String(i),
    type: kind.type,
    notNull,
    values: notNull ? kind.values : [...kind.values, null],
  }));

const keyColumn = (i: number, type: "int4" | "text"): Column => ({
  name: `k${i}`,
  type,
  notNull: true,
  values: type === "int4" ? ["1", "2", "3", "4", "5", "6", "7", "8"] : ["a", "a/b", 'q"uo', "😀", ""],
});

/** A random table. In its name the `@` stands for the number of the run: names are not used again. */
export function table(prefix: string): fc.Arbitrary<Table> {
  const keys = fc.constantFrom<Column[]>(
    [keyColumn(0, "int4")],
    [keyColumn(0, "text")],
    [keyColumn(0, "int4"), keyColumn(1, "text")],
  );
  const shown = fc.array(fc.nat(3), { minLength: 1, maxLength: 4 });
  const columns = shown.chain((list) => fc.tuple(...list.map((_, i) => plainColumn(i))));
  return fc.tuple(keys, columns, fc.integer({ min: 0, max: 9 })).map(([key, rest, dice]) =>
    // keys made of all columns, as Electric makes them, differ between snapshot and log where a boolean is among them
    dice === 0 && rest.every((column) => column.type !== "boolean")
      ? { name: `${prefix}@_keyless`, columns: [keyColumn(0, "int4"), ...rest], key: [] }
      : { name: `${prefix}@ T`, columns: [...key, ...rest], key: key.map((column) => column.name) },
  );
}

export const quoted = (table: { name: string }) => escapeIdentifier(table.name);

export function createTable({ name, columns, key }: Table): string {
  const definitions = columns.map(
    (column) => `${escapeIdentifier(column.name)} ${column.type}${column.notNull ? " NOT NULL" : ""}`,
  );
  const unique = columns.slice(0, 1).map((column) => escapeIdentifier(column.name));
  const constraint =
    key.length > 0 ? `PRIMARY KEY (${key.map(escapeIdentifier).join(", ")})` : `UNIQUE (${unique})`;
  return `CREATE TABLE ${escapeIdentifier(name)} (${[...definitions, constraint].join(", ")})`;
}

export const literal = (value: string | null, column: { type: string }) =>
  value === null ? "NULL" : `${escapeLiteral(value)}::${column.type}`;

/** A test of one column. `params` are numbered later. */
interface Atom {
  text: (param: () => string) => string;
  params: string[];
}

function atom(columns: Column[]): fc.Arbitrary<Atom> {
  return fc.constantFrom(...columns).chain((column): fc.Arbitrary<Atom> => {
    const name = escapeIdentifier(column.name);
    const operators = KINDS.find((kind) => kind.type === column.type)?.operators ?? [];
    const isNull: Atom = { text: () => `${name} IS NULL`, params: [] };
    const values = column.values.filter((value) => value !== null);
    if (operators.length === 0) {
      return fc.constantFrom(isNull, { text: () => `${name} IS NOT NULL`, params: [] });
    }
    const compare = fc
      .tuple(fc.constantFrom(...operators), fc.constantFrom(...values), fc.boolean())
      .map(([operator, value, asParam]): Atom => {
        const operand = operator === "LIKE" ? `%${value.slice(0, 2).replaceAll("\\", "")}%` : value;
        if (asParam) return { text: (param) => `${name} ${operator} ${param()}`, params: [operand] };
        return { text: () => `${name} ${operator} ${plainLiteral(operand, column)}`, params: [] };
      });
    const list = fc.subarray(values, { minLength: 1 }).map((some): Atom => {
      const items = some.map((value) => plainLiteral(value, column));
      return { text: () => `${name} IN (${items.join(", ")})`, params: [] };
    });
    return fc.oneof({ weight: 4, arbitrary: compare }, list, fc.constant(isNull));
  });
}

function plainLiteral(value: string, column: Column): string {
  if (["int4", "int8", "numeric(10,2)"].includes(column.type)) return value;
  // the plain kind of literal, without the E'' that escapeLiteral makes of backslashes
  return column.type === "boolean" ? value : `'${value.replaceAll("'", "''")}'`;
}

/** A random condition, or null for all rows. */
export function condition({ columns }: Table): fc.Arbitrary<Condition | null> {
  const term: fc.Arbitrary<Atom> = fc.oneof(
    { weight: 3, arbitrary: atom(columns) },
    atom(columns).map((inner): Atom => ({ ...inner, text: (param) => `NOT (${inner.text(param)})` })),
    fc.tuple(atom(columns), atom(columns), fc.constantFrom("AND", "OR")).map(([a, b, word]) => ({
      text: (param: () => string) => `(${a.text(param)} ${word} ${b.text(param)})`,
      params: [...a.params, ...b.params],
    })),
  );
  const whole = term.map(({ text, params }): Condition => {
    let count = 0;
    return { where: text(() => `$${++count}`), params };
  });
  return fc.option(whole, { freq: 4 });
}
