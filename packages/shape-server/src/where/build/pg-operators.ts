import type { PgType } from "../values/pg-types.ts";

/** One row of pg_operator: the types it takes and gives. */
export interface PgOperator {
  args: PgType[];
  returns: PgType;
}

const COMPARABLE =
  "anyarray anyenum bool bpchar date date,timestamp date,timestamptz float4 float4,float8 float8,float4 float8 " +
  "int2 int2,int4 int2,int8 int4,int2 int4 int4,int8 int8,int2 int8,int4 int8 interval name name,text numeric " +
  "text,name text time timestamp,date timestamp timestamp,timestamptz timestamptz,date timestamptz,timestamp timestamptz uuid";
const ARITHMETIC =
  "float4>float4 float4,float8>float8 float8,float4>float8 float8>float8 int2>int2 int2,int4>int4 int2,int8>int8 " +
  "int4,int2>int4 int4>int4 int4,int8>int8 int8,int2>int8 int8,int4>int8 int8>int8 numeric>numeric";
const BITS = "int2>int2 int4>int4 int8>int8";
const NUMBERS = `float4>float4 float8>float8 ${BITS} numeric>numeric`;
const COMPARED = COMPARABLE.split(" ")
  .map((types) => `${types}>bool`)
  .join(" ");
/** Ranges are in no condition, but two open literals could be ranges: that makes them ambiguous. */
const CONTAINMENT = "anyarray>bool anyrange>bool";
const LIKE = "bpchar,text>bool name,text>bool text>bool";

/** `left,right>result`; one type alone stands for both sides. */
const BINARY: Record<string, string> = {
  "=": COMPARED,
  "<>": COMPARED,
  "<": COMPARED,
  ">": COMPARED,
  "<=": COMPARED,
  ">=": COMPARED,
  "+": `${ARITHMETIC} date,int4>date int4,date>date date,interval>timestamp interval,date>timestamp date,time>timestamp
    time,date>timestamp interval>interval interval,time>time time,interval>time interval,timestamp>timestamp
    timestamp,interval>timestamp interval,timestamptz>timestamptz timestamptz,interval>timestamptz`,
  "-": `${ARITHMETIC} date>int4 date,int4>date date,interval>timestamp interval>interval time,interval>time time>interval
    timestamp,interval>timestamp timestamp>interval timestamptz,interval>timestamptz timestamptz>interval`,
  "*": `${ARITHMETIC} float8,interval>interval interval,float8>interval`,
  "/": `${ARITHMETIC} interval,float8>interval`,
  "^": "float8>float8 numeric>numeric",
  "&": BITS,
  "|": BITS,
  "#": BITS,
  "||": `anycompatible,anycompatiblearray>anycompatiblearray anycompatiblearray,anycompatible>anycompatiblearray
    anycompatiblearray>anycompatiblearray anynonarray,text>text text,anynonarray>text text>text`,
  "~~": LIKE,
  "~~*": LIKE,
  "!~~": LIKE,
  "!~~*": LIKE,
  "@>": CONTAINMENT,
  "<@": CONTAINMENT,
  "&&": CONTAINMENT,
};
const UNARY: Record<string, string> = {
  "+": NUMBERS,
  "-": `${NUMBERS} interval>interval`,
  "@": NUMBERS,
  "~": BITS,
  "|/": "float8>float8",
};
const FUNCTIONS: Record<string, string> = {
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

const binary = table(BINARY, 2);
const unary = table(UNARY, 1);
const functions = table(FUNCTIONS, undefined);

/** The operators of pg_operator by this name, as far as the condition language can reach them. */
export function pgOperators(name: string, arity: number): PgOperator[] {
  return (arity === 1 ? unary : binary).get(name) ?? [];
}

export function pgFunctions(name: string, arity: number): PgOperator[] {
  return (functions.get(name) ?? []).filter(({ args }) => args.length === arity);
}

function table(source: Record<string, string>, arity: number | undefined): Map<string, PgOperator[]> {
  const parse = (entry: string): PgOperator => {
    const [left = "", returns = ""] = entry.split(">");
    const args = left.split(",");
    return { args: arity === 2 && args.length === 1 ? [left, left] : args, returns };
  };
  return new Map(Object.entries(source).map(([name, list]) => [name, list.trim().split(/\s+/).map(parse)]));
}
