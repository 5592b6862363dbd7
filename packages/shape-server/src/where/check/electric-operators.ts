import type { ElectricType } from "./electric-types.ts";

/** One meaning of an operator or function; `variadic` repeats the last argument. */
export interface Overload {
  args: ElectricType[];
  returns: ElectricType;
  variadic?: boolean;
}

const NUMBERS = "int2 int4 int8 numeric float4 float8".split(" ");
const INTEGERS = NUMBERS.slice(0, 3);
const COMPARISONS = ["=", "<>", "<", ">", "<=", ">="];
/** No `<>` here: Electric 1.7 registers it as `!=`, a name that the grammar never gives, so these types lack it. */
const DATE_COMPARISONS = COMPARISONS.filter((name) => name !== "<>");

const operators = new Map<string, Overload[]>();
const functions = new Map<string, Overload[]>();

for (const name of COMPARISONS)
  for (const type of [...NUMBERS, "text", "uuid"]) binary(type, name, type, "bool");
for (const name of DATE_COMPARISONS) {
  for (const type of ["date", "time", "timestamp", "timestamptz"]) binary(type, name, type, "bool");
}
for (const name of ["=", "<>"]) {
  for (const type of ["bool", "interval", "anyenum", "anyarray"]) binary(type, name, type, "bool");
}

for (const type of NUMBERS) {
  for (const name of ["+", "-", "@"]) unary(name, type);
  for (const name of ["+", "-", "*"]) binary(type, name, type, type);
}
for (const type of INTEGERS) {
  for (const name of ["/", "&", "|", "#"]) binary(type, name, type, type);
  unary("~", type);
}
binary("float8", "/", "float8", "float8");
binary("numeric", "^", "numeric", "numeric");
binary("float8", "^", "float8", "float8");
unary("|/", "float8");

binary("text", "||", "text", "text");
for (const name of ["~~", "~~*", "!~~", "!~~*"]) binary("text", name, "text", "bool");

either("date", "+", "int8", "date");
binary("date", "-", "date", "int8");
binary("date", "-", "int8", "date");
either("date", "+", "time", "timestamp");
binary("interval", "+", "interval", "interval");
binary("interval", "-", "interval", "interval");
for (const [from, to] of [
  ["date", "timestamp"],
  ["timestamp", "timestamp"],
  ["timestamptz", "timestamptz"],
] as const) {
  either(from, "+", "interval", to);
  binary(from, "-", "interval", to);
}
either("time", "+", "interval", "time");
binary("timestamp", "-", "timestamp", "interval");
binary("timestamptz", "-", "timestamptz", "interval");
either("interval", "*", "float8", "interval");

binary("anycompatiblearray", "||", "anycompatiblearray", "anycompatiblearray");
binary("anycompatible", "||", "anycompatiblearray", "anycompatiblearray");
binary("anycompatiblearray", "||", "anycompatible", "anycompatiblearray");
for (const name of ["@>", "<@", "&&"]) binary("anyarray", name, "anyarray", "bool");

for (const name of ["coalesce", "greatest", "least"]) call(name, ["anycompatible"], "anycompatible", true);
call("concat", ["text"], "text", true);
for (const type of [...NUMBERS, "bool", "uuid", "text", "date", "time", "timestamp", "interval"]) {
  call(type, ["text"], type);
}
call("timestamptz", ["text"], "timestamp");
for (const name of ["lower", "upper"]) call(name, ["text"], "text");
for (const name of ["like", "ilike"]) call(name, ["text", "text"], "bool");
for (const name of ["justify_days", "justify_hours", "justify_interval"])
  call(name, ["interval"], "interval");
call("timezone", ["text", "timestamp"], "timestamptz");
call("timezone", ["text", "timestamptz"], "timestamp");
call("array_cat", ["anycompatiblearray", "anycompatiblearray"], "anycompatiblearray");
call("array_prepend", ["anycompatible", "anycompatiblearray"], "anycompatiblearray");
call("array_append", ["anycompatiblearray", "anycompatible"], "anycompatiblearray");
call("array_ndims", ["anyarray"], "int4");

/** The meanings of an operator with so many operands, undefined when there is no such operator. */
export function operatorOverloads(name: string, arity: number): Overload[] | undefined {
  return operators.get(`${name}/${arity}`);
}

/** The meanings of a function for so many arguments, with variadic ones spread out. */
export function functionOverloads(name: string, arity: number): Overload[] | undefined {
  const found = functions.get(name)?.flatMap((overload) => {
    if (overload.args.length === arity) return [overload];
    if (!overload.variadic || arity < overload.args.length) return [];
    const last = overload.args.at(-1) ?? "text";
    const more = new Array<string>(arity - overload.args.length).fill(last);
    return [{ ...overload, args: [...overload.args, ...more] }];
  });
  return found?.length ? found : undefined;
}

function add(table: Map<string, Overload[]>, key: string, overload: Overload): void {
  const known = table.get(key);
  if (known) known.push(overload);
  else table.set(key, [overload]);
}

function binary(left: string, name: string, right: string, returns: string): void {
  add(operators, `${name}/2`, { args: [left, right], returns });
}

function either(left: string, name: string, right: string, returns: string): void {
  binary(left, name, right, returns);
  binary(right, name, left, returns);
}

function unary(name: string, type: string): void {
  add(operators, `${name}/1`, { args: [type], returns: type });
}

function call(name: string, args: string[], returns: string, variadic = false): void {
  add(functions, name, { args, returns, variadic });
}
