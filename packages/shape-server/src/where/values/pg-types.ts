import type { Column } from "../syntax/condition.ts";

/** A Postgres type as text: `int4`, `int4[]`, `enum mood`; `unknown` is a literal without one. */
export type PgType = string;

const CATEGORY: Record<string, string> = {
  bool: "B",
  ...each("N", "int2 int4 int8 numeric float4 float8"),
  ...each("S", "text varchar bpchar name"),
  ...each("D", "date time timestamp timestamptz"),
  interval: "T",
  unknown: "X",
  ...each("P", "anyarray anyenum anynonarray anyrange anycompatible anycompatiblearray"),
};
const PREFERRED = new Set(["bool", "float8", "text", "timestamptz", "interval"]);
const IMPLICIT: Record<string, string> = {
  int2: "int4 int8 numeric float4 float8",
  int4: "int8 numeric float4 float8",
  int8: "numeric float4 float8",
  numeric: "float4 float8",
  float4: "float8",
  text: "varchar bpchar name",
  varchar: "text bpchar name",
  bpchar: "text varchar name",
  name: "text",
  char: "text",
  date: "timestamp timestamptz",
  timestamp: "timestamptz",
  time: "interval",
};

export function isArrayType(type: PgType): boolean {
  return type.endsWith("[]");
}

export function elementType(type: PgType): PgType {
  return type.slice(0, -2);
}

export function isEnumType(type: PgType): boolean {
  return type.startsWith("enum ") && !isArrayType(type);
}

export function pgCategory(type: PgType): string {
  if (isArrayType(type)) return "A";
  return isEnumType(type) ? "E" : (CATEGORY[type] ?? "U");
}

export function isPreferredType(type: PgType): boolean {
  return PREFERRED.has(type);
}

/** Whether an argument of this type may stand where the target is declared, polymorphic targets included. */
export function coercible(from: PgType, to: PgType): boolean {
  if (from === to || from === "unknown") return true;
  if (to === "anycompatible") return true;
  if (to === "anyarray" || to === "anycompatiblearray") return isArrayType(from);
  if (to === "anynonarray") return !isArrayType(from);
  if (to === "anyenum") return isEnumType(from);
  if (isArrayType(from) && isArrayType(to)) return coercible(elementType(from), elementType(to));
  return IMPLICIT[from]?.split(" ").includes(to) ?? false;
}

/** The type that UNION, CASE, IN and ARRAY give their parts; null when they have none in common. */
export function commonType(types: PgType[]): PgType | null {
  const known = types.filter((type) => type !== "unknown");
  let [chosen] = known;
  if (chosen === undefined) return "text";
  if (known.every((type) => type === chosen)) return chosen;
  for (const type of known) {
    if (type === chosen) continue;
    if (pgCategory(type) !== pgCategory(chosen)) return null;
    if (!isPreferredType(chosen) && coercible(chosen, type) && !coercible(type, chosen)) chosen = type;
  }
  const target = chosen;
  return known.every((type) => coercible(type, target)) ? target : null;
}

/** The type that Postgres works with for a column; a domain is its base type. */
export function pgColumnType(column: Column): PgType {
  if (column.elementTypeName) return `${column.enumLabels ? "enum " : ""}${column.elementTypeName}[]`;
  return column.enumLabels ? `enum ${column.typeName}` : (column.baseTypeName ?? column.typeName);
}

function each(category: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, category]));
}
