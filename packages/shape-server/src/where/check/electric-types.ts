import type { Column } from "../syntax/condition.ts";
import { elementType, isArrayType } from "../values/pg-types.ts";

/**
 * The name of a type as Electric's messages write it: `int4`, `int4[]`, `enum mood`. The tables below repeat Electric's
 * extract from pg_type and pg_cast, whose gaps decide which conditions Electric accepts.
 * Source: https://github.com/electric-sql/electric/tree/main/packages/sync-service/lib/electric/replication/eval/env
 */
export type ElectricType = string;

const categories = new Map(
  Object.entries({
    bool: "boolean",
    ...inCategory("numeric", "int2 int4 int8 float4 float8 numeric"),
    ...inCategory("string", "name text varchar"),
    ...inCategory("datetime", "date time timestamp timestamptz"),
    interval: "timespan",
    unknown: "unknown",
    ...inCategory("user", "bytea uuid jsonb"),
    ...inCategory("pseudo", "anyarray anycompatible anycompatiblearray anyenum"),
  }),
);

const preferredTypes = new Set(["float8", "text", "timestamptz", "interval"]);

/** The targets of each type's implicit casts. */
const implicitCasts = new Map(
  Object.entries({
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
  }),
);

/** Types that an explicit cast may name. */
const castableTypes = new Set(
  "bool bytea date float4 float8 int2 int4 int8 jsonb text time timestamp timestamptz uuid varchar interval".split(
    " ",
  ),
);
/** Types to which text can be cast. */
const typesFromText = new Set(
  "int2 int4 int8 float4 float8 numeric bool uuid text date time timestamp timestamptz interval".split(" "),
);
/** Types that can be cast to text. */
const typesToText = new Set(
  "int2 int4 int8 float4 float8 numeric date time timestamp interval bool uuid".split(" "),
);

/** Whether an explicit cast may name this type. */
export function isCastable(type: ElectricType): boolean {
  return castableTypes.has(type);
}

/** Whether the type is an enum, or an array of one. */
export function isEnum(type: ElectricType): boolean {
  return type.startsWith("enum ");
}

/** The type without brackets and without the word `enum`. */
export function baseName(type: ElectricType): string {
  const plain = type.replace(/(\[\])+$/, "");
  return isEnum(plain) ? plain.slice(5) : plain;
}

/** The category of a type; undefined for a type that Electric does not know. */
export function categoryOf(type: ElectricType): string | undefined {
  return isArrayType(type) ? "array" : categories.get(type);
}

/** Whether Electric prefers this type when it chooses an overload. */
export function isPreferred(type: ElectricType): boolean {
  return preferredTypes.has(type);
}

/** Whether a value of type `from` can stand where `to` is wanted, without an explicit cast. */
export function castsImplicitly(from: ElectricType, to: ElectricType): boolean {
  return from === to || (implicitCasts.get(from)?.split(" ").includes(to) ?? false);
}

/**
 * How an explicit cast is done: the value stays as it is, or a function converts the value, or each item of an array.
 * @returns undefined when Electric knows no such cast
 */
export function explicitCast(
  from: ElectricType,
  to: ElectricType,
): "as-is" | "function" | "each" | undefined {
  if (castsImplicitly(from, to) && from !== to) return from === "date" ? "function" : "as-is";
  if (from === "unknown" || to === "unknown") return "function";
  if (isArrayType(from) && isArrayType(to)) {
    const inner = from === to ? "as-is" : explicitCast(elementType(from), elementType(to));
    return inner === "function" ? "each" : inner;
  }
  if (from === "text")
    return typesFromText.has(isArrayType(to) ? elementType(to) : to) ? "function" : undefined;
  if (to === "text") return isEnum(from) ? "as-is" : typesToText.has(from) ? "function" : undefined;
  const known = (from === "bool" && to === "int4") || (from === "int4" && to === "bool");
  return known ? "function" : undefined;
}

function inCategory(category: string, types: string): Record<string, string> {
  return Object.fromEntries(types.split(" ").map((type) => [type, category]));
}

/** Electric's name for the type of a column. Electric does not see that the items of an array are of an enum. */
export function columnType({ typeName, elementTypeName, enumLabels }: Column): ElectricType {
  if (elementTypeName) return `${elementTypeName}[]`;
  return enumLabels ? `enum ${typeName}` : typeName;
}
