import type { Overload } from "./electric-overload.ts";

// The operators and functions of Electric 1.7.
// Source: https://github.com/electric-sql/electric/blob/main/packages/sync-service/lib/electric/replication/eval/env/known_functions.ex

const numberTypes = ["int2", "int4", "int8", "numeric", "float4", "float8"];
const integerTypes = ["int2", "int4", "int8"];
const comparisons = ["=", "<>", "<", ">", "<=", ">="];
/** Electric registers `<>` of these types as `!=`. The grammar turns `!=` into `<>`, so they have neither. */
const dateComparisons = comparisons.filter((name) => name !== "<>");

const operators = new Map<string, Overload[]>();
const functions = new Map<string, Overload[]>();

for (const name of comparisons)
  for (const type of [...numberTypes, "text", "uuid"]) addBinary(type, name, type, "bool");
for (const name of dateComparisons) {
  for (const type of ["date", "time", "timestamp", "timestamptz"]) addBinary(type, name, type, "bool");
}
for (const name of ["=", "<>"]) {
  for (const type of ["bool", "interval", "anyenum", "anyarray"]) addBinary(type, name, type, "bool");
}

for (const type of numberTypes) {
  for (const name of ["+", "-", "@"]) addUnary(name, type);
  for (const name of ["+", "-", "*"]) addBinary(type, name, type, type);
}
for (const type of integerTypes) {
  for (const name of ["/", "&", "|", "#"]) addBinary(type, name, type, type);
  addUnary("~", type);
}
addBinary("float8", "/", "float8", "float8");
addBinary("numeric", "^", "numeric", "numeric");
addBinary("float8", "^", "float8", "float8");
addUnary("|/", "float8");

addBinary("text", "||", "text", "text");
for (const name of ["~~", "~~*", "!~~", "!~~*"]) addBinary("text", name, "text", "bool");

addCommutative("date", "+", "int8", "date");
addBinary("date", "-", "date", "int8");
addBinary("date", "-", "int8", "date");
addCommutative("date", "+", "time", "timestamp");
addBinary("interval", "+", "interval", "interval");
addBinary("interval", "-", "interval", "interval");
for (const [from, to] of [
  ["date", "timestamp"],
  ["timestamp", "timestamp"],
  ["timestamptz", "timestamptz"],
] as const) {
  addCommutative(from, "+", "interval", to);
  addBinary(from, "-", "interval", to);
}
addCommutative("time", "+", "interval", "time");
addBinary("timestamp", "-", "timestamp", "interval");
addBinary("timestamptz", "-", "timestamptz", "interval");
addCommutative("interval", "*", "float8", "interval");

addBinary("anycompatiblearray", "||", "anycompatiblearray", "anycompatiblearray");
addBinary("anycompatible", "||", "anycompatiblearray", "anycompatiblearray");
addBinary("anycompatiblearray", "||", "anycompatible", "anycompatiblearray");
for (const name of ["@>", "<@", "&&"]) addBinary("anyarray", name, "anyarray", "bool");

for (const name of ["coalesce", "greatest", "least"])
  addFunction(name, ["anycompatible"], "anycompatible", true);
addFunction("concat", ["text"], "text", true);
for (const type of [...numberTypes, "bool", "uuid", "text", "date", "time", "timestamp", "interval"]) {
  addFunction(type, ["text"], type);
}
addFunction("timestamptz", ["text"], "timestamp");
for (const name of ["lower", "upper"]) addFunction(name, ["text"], "text");
for (const name of ["like", "ilike"]) addFunction(name, ["text", "text"], "bool");
for (const name of ["justify_days", "justify_hours", "justify_interval"])
  addFunction(name, ["interval"], "interval");
addFunction("timezone", ["text", "timestamp"], "timestamptz");
addFunction("timezone", ["text", "timestamptz"], "timestamp");
addFunction("array_cat", ["anycompatiblearray", "anycompatiblearray"], "anycompatiblearray");
addFunction("array_prepend", ["anycompatible", "anycompatiblearray"], "anycompatiblearray");
addFunction("array_append", ["anycompatiblearray", "anycompatible"], "anycompatiblearray");
addFunction("array_ndims", ["anyarray"], "int4");

/** The meanings of an operator with this number of operands, undefined when there is no such operator. */
export function operatorOverloads(name: string, arity: number): Overload[] | undefined {
  return operators.get(`${name}/${arity}`);
}

/**
 * The meanings of a function for this number of arguments, with variadic arguments repeated to fit.
 * @returns undefined when there is no such function
 */
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

function addBinary(left: string, name: string, right: string, returns: string): void {
  add(operators, `${name}/2`, { args: [left, right], returns });
}

function addCommutative(left: string, name: string, right: string, returns: string): void {
  addBinary(left, name, right, returns);
  addBinary(right, name, left, returns);
}

function addUnary(name: string, type: string): void {
  add(operators, `${name}/1`, { args: [type], returns: type });
}

function addFunction(name: string, args: string[], returns: string, variadic = false): void {
  add(functions, name, { args, returns, variadic });
}
