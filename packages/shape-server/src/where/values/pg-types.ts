import type { Column } from "../syntax/condition.ts";

/**
 * The name of a Postgres type: `int4`, `int4[]`, `enum mood`. `unknown` is the type of a literal to which nothing has
 * given a type yet.
 */
export type PgType = string;

/** `pg_type.typcategory`; see https://www.postgresql.org/docs/current/catalog-pg-type.html */
const categories = new Map(
  Object.entries({
    bool: "B",
    ...inCategory("N", "int2 int4 int8 numeric float4 float8"),
    ...inCategory("S", "text varchar bpchar name"),
    ...inCategory("D", "date time timestamp timestamptz"),
    interval: "T",
    unknown: "X",
    ...inCategory("P", "anyarray anyenum anynonarray anyrange anycompatible anycompatiblearray"),
  }),
);
/** `pg_type.typispreferred`. */
const preferredTypes = new Set(["bool", "float8", "text", "timestamptz", "interval"]);
/** The targets of each type's implicit casts, as in pg_cast. */
const implicitCasts = new Map(
  Object.entries({
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
  }),
);

export function isArrayType(type: PgType): boolean {
  return type.endsWith("[]");
}

/** The type of the items of an array type. */
export function elementType(type: PgType): PgType {
  return type.slice(0, -2);
}

/** Whether the type is an enum. An array of an enum is none. */
export function isEnumType(type: PgType): boolean {
  return type.startsWith("enum ") && !isArrayType(type);
}

export function isNumberType(type: PgType): boolean {
  return pgCategory(type) === "N";
}

export function isFloatType(type: PgType): type is "float4" | "float8" {
  return type === "float4" || type === "float8";
}

export function isStringType(type: PgType): boolean {
  return pgCategory(type) === "S";
}

/** The category of a type, `U` for a type that this file does not list. */
export function pgCategory(type: PgType): string {
  if (isArrayType(type)) return "A";
  return isEnumType(type) ? "E" : (categories.get(type) ?? "U");
}

/** Whether Postgres prefers this type among those of its category when it chooses an operator. */
export function isPreferredType(type: PgType): boolean {
  return preferredTypes.has(type);
}

/** Whether an argument of type `from` can be passed where `to` is declared. `to` may be polymorphic. */
export function coercible(from: PgType, to: PgType): boolean {
  if (from === to || from === "unknown") return true;
  if (to === "anycompatible") return true;
  if (to === "anyarray" || to === "anycompatiblearray") return isArrayType(from);
  if (to === "anynonarray") return !isArrayType(from);
  if (to === "anyenum") return isEnumType(from);
  if (isArrayType(from) && isArrayType(to)) return coercible(elementType(from), elementType(to));
  return implicitCasts.get(from)?.split(" ").includes(to) ?? false;
}

/**
 * The type that IN, ARRAY, COALESCE and GREATEST give all of their parts.
 * Source: https://www.postgresql.org/docs/current/typeconv-union-case.html
 * @returns undefined when the types have none in common
 */
export function commonType(types: PgType[]): PgType | undefined {
  const known = types.filter((type) => type !== "unknown");
  let [chosen] = known;
  if (chosen === undefined) return "text";
  if (known.every((type) => type === chosen)) return chosen;
  for (const type of known) {
    if (type === chosen) continue;
    if (pgCategory(type) !== pgCategory(chosen)) return undefined;
    if (!isPreferredType(chosen) && coercible(chosen, type) && !coercible(type, chosen)) chosen = type;
  }
  const target = chosen;
  return known.every((type) => coercible(type, target)) ? target : undefined;
}

/** The type in which Postgres computes with a column: for a domain, the base type. */
export function pgColumnType(column: Column): PgType {
  if (column.elementTypeName) return `${column.enumLabels ? "enum " : ""}${column.elementTypeName}[]`;
  return column.enumLabels ? `enum ${column.typeName}` : (column.baseTypeName ?? column.typeName);
}

function inCategory(category: string, types: string): Record<string, string> {
  return Object.fromEntries(types.split(" ").map((type) => [type, category]));
}
