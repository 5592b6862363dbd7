import type { PgArray } from "./array.ts";
import { timestampOfDate } from "./datetime.ts";
import { decimalOfFloat, decimalOfInteger, decimalToFloat } from "./decimal.ts";
import { inRange, isIntegerType } from "./integer.ts";
import { elementType, isArrayType, isEnumType, isStringType, type PgType } from "./pg-types.ts";
import { reader } from "./read.ts";
import { asArray, asDecimal, asInteger, type Value } from "./value.ts";
import { withoutPadding, writer } from "./write.ts";

/** Turns one value into another. Throws ComputeError where Postgres would raise an error. */
export type Convert = (value: Value) => Value;

const unchanged: Convert = (value) => value;

/**
 * The conversion of a cast, for the casts that conditions may use.
 * Source: https://www.postgresql.org/docs/current/catalog-pg-cast.html
 * @returns undefined when there is no such cast
 */
export function converter(from: PgType, to: PgType): Convert | undefined {
  if (from === to || (isEnumType(from) && to === "text")) return unchanged;
  if (isArrayType(from) && isArrayType(to)) {
    const convertItem = converter(elementType(from), elementType(to));
    return convertItem && ((value) => mapArray(value, convertItem));
  }
  if (isStringType(from)) return stringConverter(from, to);
  if (isStringType(to)) return writer(from);
  return numberConverter(from, to) ?? momentConverter(from, to);
}

function stringConverter(from: PgType, to: PgType): Convert {
  const trim: Convert = from === "bpchar" ? (value) => withoutPadding(String(value)) : unchanged;
  if (isStringType(to)) return trim;
  const read = reader(to);
  return (value) => read(String(trim(value)));
}

function numberConverter(from: PgType, to: PgType): Convert | undefined {
  const isInteger = isIntegerType(from);
  switch (to) {
    case "int2":
    case "int4":
      if (from === "bool") return (value) => (value === true ? 1 : 0);
      return isInteger ? (value) => Number(inRange(BigInt(Number(value)), to)) : undefined;
    case "int8":
      return isInteger ? (value) => BigInt(asInteger(value)) : undefined;
    case "numeric":
      if (isInteger) return (value) => decimalOfInteger(asInteger(value));
      if (from === "float4") return (value) => decimalOfFloat(Number(value), 6);
      return from === "float8" ? (value) => decimalOfFloat(Number(value), 15) : undefined;
    case "float4":
    case "float8": {
      const round = to === "float4" ? Math.fround : Number;
      if (from === "numeric") return (value) => round(decimalToFloat(asDecimal(value)));
      return (value) => round(Number(value));
    }
    case "bool":
      return from === "int4" ? (value) => value !== 0 : undefined;
  }
}

function momentConverter(from: PgType, to: PgType): Convert | undefined {
  switch (to) {
    case "timestamp":
    case "timestamptz":
      if (from === "date") return (value) => timestampOfDate(Number(value));
      return from === "timestamp" ? unchanged : undefined;
    case "interval":
      return from === "time" ? (value) => ({ months: 0, days: 0, us: BigInt(Number(value)) }) : undefined;
  }
}

function mapArray(value: Value, convertItem: Convert): PgArray<Value> {
  const array = asArray(value);
  return { ...array, items: array.items.map((item) => (item === null ? null : convertItem(item))) };
}
