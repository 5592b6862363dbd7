import type { PgType } from "../values/pg-types.ts";

/** One meaning of an operator or function: the types that it takes and gives, as in pg_operator and pg_proc. */
export interface PgOperator {
  args: PgType[];
  returns: PgType;
}

// The tables below are parsed. An entry is `left,right>result`; a single type before the `>` stands for both operands.
// Source: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_operator.dat

const comparableTypes =
  "anyarray anyenum bool bpchar date date,timestamp date,timestamptz float4 float4,float8 float8,float4 float8 " +
  "int2 int2,int4 int2,int8 int4,int2 int4 int4,int8 int8,int2 int8,int4 int8 interval name name,text numeric " +
  "text,name text time timestamp,date timestamp timestamp,timestamptz timestamptz,date timestamptz,timestamp timestamptz uuid";
const arithmetic =
  "float4>float4 float4,float8>float8 float8,float4>float8 float8>float8 int2>int2 int2,int4>int4 int2,int8>int8 " +
  "int4,int2>int4 int4>int4 int4,int8>int8 int8,int2>int8 int8,int4>int8 int8>int8 numeric>numeric";
const bitwise = "int2>int2 int4>int4 int8>int8";
const signed = `float4>float4 float8>float8 ${bitwise} numeric>numeric`;
const comparison = comparableTypes
  .split(" ")
  .map((types) => `${types}>bool`)
  .join(" ");
/** No condition has ranges, but two open literals could be ranges, which makes their operator ambiguous. */
const containment = "anyarray>bool anyrange>bool";
const like = "bpchar,text>bool name,text>bool text>bool";

const binarySource: Record<string, string> = {
  "=": comparison,
  "<>": comparison,
  "<": comparison,
  ">": comparison,
  "<=": comparison,
  ">=": comparison,
  "+": `${arithmetic} date,int4>date int4,date>date date,interval>timestamp interval,date>timestamp date,time>timestamp
    time,date>timestamp interval>interval interval,time>time time,interval>time interval,timestamp>timestamp
    timestamp,interval>timestamp interval,timestamptz>timestamptz timestamptz,interval>timestamptz`,
  "-": `${arithmetic} date>int4 date,int4>date date,interval>timestamp interval>interval time,interval>time time>interval
    timestamp,interval>timestamp timestamp>interval timestamptz,interval>timestamptz timestamptz>interval`,
  "*": `${arithmetic} float8,interval>interval interval,float8>interval`,
  "/": `${arithmetic} interval,float8>interval`,
  "^": "float8>float8 numeric>numeric",
  "&": bitwise,
  "|": bitwise,
  "#": bitwise,
  "||": `anycompatible,anycompatiblearray>anycompatiblearray anycompatiblearray,anycompatible>anycompatiblearray
    anycompatiblearray>anycompatiblearray anynonarray,text>text text,anynonarray>text text>text`,
  "~~": like,
  "~~*": like,
  "!~~": like,
  "!~~*": like,
  "@>": containment,
  "<@": containment,
  "&&": containment,
};
const unarySource: Record<string, string> = {
  "+": signed,
  "-": `${signed} interval>interval`,
  "@": signed,
  "~": bitwise,
  "|/": "float8>float8",
};
const functionSource: Record<string, string> = {
  lower: "text>text",
  upper: "text>text",
  like: "name,text>bool text,text>bool",
  justify_days: "interval>interval",
  justify_hours: "interval>interval",
  justify_interval: "interval>interval",
  timezone: "text,timestamp>timestamptz text,timestamptz>timestamp",
  array_cat: "anycompatiblearray,anycompatiblearray>anycompatiblearray",
  array_prepend: "anycompatible,anycompatiblearray>anycompatiblearray",
  array_append: "anycompatiblearray,anycompatible>anycompatiblearray",
  array_ndims: "anyarray>int4",
};

const binary = parseTable(binarySource, 2);
const unary = parseTable(unarySource, 1);
const functions = parseTable(functionSource);

/** The operators of a name with 1 or 2 operands, as far as conditions can use them. */
export function pgOperators(name: string, arity: number): PgOperator[] {
  return (arity === 1 ? unary : binary).get(name) ?? [];
}

/** The functions of a name for this number of arguments, as far as conditions can use them. */
export function pgFunctions(name: string, arity: number): PgOperator[] {
  return (functions.get(name) ?? []).filter(({ args }) => args.length === arity);
}

function parseTable(source: Record<string, string>, arity?: number): Map<string, PgOperator[]> {
  const parse = (entry: string): PgOperator => {
    const [left = "", returns = ""] = entry.split(">");
    const args = left.split(",");
    return { args: arity === 2 && args.length === 1 ? [left, left] : args, returns };
  };
  return new Map(Object.entries(source).map(([name, list]) => [name, list.trim().split(/\s+/).map(parse)]));
}
