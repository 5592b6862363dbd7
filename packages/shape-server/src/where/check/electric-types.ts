/**
 * The types that Electric's conditions know, written as its messages write them: `int4`, `int4[]`, `enum mood`.
 * Source: the sync service's `eval/env` modules, which follow pg_type and pg_cast with gaps; the gaps are the language.
 */
export type ElectricType = string;

const CATEGORIES: Record<string, string> = {
  bool: "boolean",
  ...named("numeric", "int2 int4 int8 float4 float8 numeric"),
  ...named("string", "name text varchar"),
  ...named("datetime", "date time timestamp timestamptz"),
  interval: "timespan",
  unknown: "unknown",
  ...named("user", "bytea uuid jsonb"),
  ...named("pseudo", "anyarray anycompatible anycompatiblearray anyenum"),
};

const PREFERRED = new Set(["float8", "text", "timestamptz", "interval"]);

const IMPLICIT_CASTS: Record<string, string> = {
  bpchar: "text name varchar",
  char: "text",
  cidr: "inet",
  date: "timestamp",
  float4: "float8",
  int2: "float8 int8 int4 numeric float4",
  int4: "float4 float8 numeric int8",
  int8: "float8 float4 numeric",
  macaddr: "macaddr8",
  macaddr8: "macaddr",
  name: "text",
  numeric: "float8 float4",
  text: "bpchar varchar name",
  time: "interval",
  varbit: "bit",
  bit: "varbit",
  varchar: "name text bpchar",
};

/** Types that a cast may name. */
const CASTABLE = new Set(
  "bool bytea date float4 float8 int2 int4 int8 jsonb text time timestamp timestamptz uuid varchar interval".split(
    " ",
  ),
);
/** Types that text can be read as, and types that can be written as text. */
const FROM_TEXT = new Set(
  "int2 int4 int8 float4 float8 numeric bool uuid text date time timestamp timestamptz interval".split(" "),
);
const TO_TEXT = new Set(
  "int2 int4 int8 float4 float8 numeric date time timestamp interval bool uuid".split(" "),
);

export function isCastable(name: string): boolean {
  return CASTABLE.has(name);
}

export function isArray(type: ElectricType): boolean {
  return type.endsWith("[]");
}

export function isEnum(type: ElectricType): boolean {
  return type.startsWith("enum ");
}

export function elementOf(type: ElectricType): ElectricType {
  return type.slice(0, -2);
}

/** The type without array brackets and without the word `enum`. */
export function baseName(type: ElectricType): string {
  const plain = type.replace(/(\[\])+$/, "");
  return isEnum(plain) ? plain.slice(5) : plain;
}

/** Null where Electric knows no category; it answers such a condition with an internal error. */
export function categoryOf(type: ElectricType): string | null {
  return isArray(type) ? "array" : (CATEGORIES[type] ?? null);
}

export function isPreferred(type: ElectricType): boolean {
  return PREFERRED.has(type);
}

export function castsImplicitly(from: ElectricType, to: ElectricType): boolean {
  return from === to || (IMPLICIT_CASTS[from]?.split(" ").includes(to) ?? false);
}

/** How an explicit cast is done: as it is, by a function, by a function on each element; null when it is unknown. */
export function explicitCast(from: ElectricType, to: ElectricType): "as-is" | "function" | "each" | null {
  if (castsImplicitly(from, to) && from !== to) return from === "date" ? "function" : "as-is";
  if (from === "unknown" || to === "unknown") return "function";
  if (isArray(from) && isArray(to)) {
    const inner = from === to ? "as-is" : explicitCast(elementOf(from), elementOf(to));
    return inner === "function" ? "each" : inner;
  }
  if (from === "text") return FROM_TEXT.has(isArray(to) ? elementOf(to) : to) ? "function" : null;
  if (to === "text") return isEnum(from) ? "as-is" : TO_TEXT.has(from) ? "function" : null;
  const known = (from === "bool" && to === "int4") || (from === "int4" && to === "bool");
  return known ? "function" : null;
}

function named(category: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, category]));
}
