import { listOf, type PgArray, parseArray } from "./array.ts";
import { ComputeError } from "./compute-error.ts";
import {
  formatDate,
  formatTime,
  formatTimestamp,
  isFiniteTimestamp,
  parseDate,
  parseTime,
  parseTimestamp,
  timestampOfDate,
} from "./datetime.ts";
import {
  type Decimal,
  decimalOfFloat,
  decimalOfInteger,
  decimalToFloat,
  formatDecimal,
  parseDecimal,
} from "./decimal.ts";
import { formatFloat, parseFloat4, parseFloat8 } from "./float.ts";
import { formatInterval, INFINITE, type Interval, MINUS_INFINITE, parseInterval } from "./interval.ts";
import { elementType, isArrayType, isEnumType, type PgType, pgCategory } from "./pg-types.ts";

/**
 * A value that is not NULL. int2, int4 and floats are numbers, int8 and timestamps bigints, dates days and times
 * microseconds as numbers; everything that is not listed stays text.
 */
export type Value = boolean | number | bigint | string | Decimal | Interval | PgArray<Value>;
export type Convert = (value: Value) => Value;

const INT_BITS: Record<string, number> = { int2: 15, int4: 31, int8: 63 };

/** Reads a value from Postgres' text form. The result throws ComputeError on text that is no value of the type. */
export function reader(type: PgType): (text: string) => Value {
  if (isArrayType(type)) {
    const element = reader(elementType(type));
    return (text) => {
      const array = parseArray(text);
      if (!array) throw new ComputeError("malformed array literal");
      return { ...array, items: array.items.map((item) => (item === null ? null : element(item))) };
    };
  }
  const read = scalarReader(type);
  if (!SHORT.has(type)) return read;
  return (text) => {
    // Keeps the patterns below from going over a long text again and again.
    if (text.length > MAX_SHORT) throw new ComputeError(`invalid input syntax for type ${type}`);
    return read(text);
  };
}

/** How Postgres writes all but the largest numbers: read without further ado. */
const PLAIN_INT4 = /^-?\d{1,9}$/;
const PLAIN_INT8 = /^-?\d{1,18}$/;

const SHORT = new Set(["bool", "uuid", "date", "time", "timestamp", "timestamptz", "interval"]);
const MAX_SHORT = 300;

function scalarReader(type: PgType): (text: string) => Value {
  switch (type) {
    case "int2":
      return (text) => Number(integer(text, type));
    case "int4":
      return (text) => (PLAIN_INT4.test(text) ? Number(text) : Number(integer(text, type)));
    case "int8":
      return (text) => (PLAIN_INT8.test(text) ? BigInt(text) : integer(text, type));
    case "float4":
      return parseFloat4;
    case "float8":
      return parseFloat8;
    case "numeric":
      return parseDecimal;
    case "bool":
      return boolean;
    case "uuid":
      return uuid;
    case "date":
      return parseDate;
    case "time":
      return parseTime;
    case "timestamp":
      return (text) => parseTimestamp(text, false);
    case "timestamptz":
      return (text) => parseTimestamp(text, true);
    case "interval":
      return (text) => {
        const [, minus] = /^\s*[+]?(-?)infinity\s*$/i.exec(text) ?? [];
        if (minus !== undefined) return minus ? MINUS_INFINITE : INFINITE;
        const interval = parseInterval(text);
        if (!interval) throw new ComputeError("invalid input syntax for type interval");
        return interval;
      };
    default:
      return (text) => text;
  }
}

/** Writes a value as a cast to text does (bool as `true`, intervals in ISO 8601, timestamptz in UTC). */
export function writer(type: PgType): (value: Value) => string {
  switch (type) {
    case "float4":
      return (value) => formatFloat(Number(value), true);
    case "float8":
      return (value) => formatFloat(Number(value), false);
    case "numeric":
      return (value) => formatDecimal(asDecimal(value));
    case "date":
      return (value) => formatDate(Number(value));
    case "time":
      return (value) => formatTime(Number(value));
    case "timestamp":
      return (value) => formatTimestamp(asBigint(value));
    case "timestamptz":
      return (value) => {
        const us = asBigint(value);
        const text = formatTimestamp(us);
        return isFiniteTimestamp(us) ? text.replace(/( BC)?$/, "+00$1") : text;
      };
    case "interval":
      return (value) => formatInterval(asInterval(value));
    case "bpchar":
      return (value) => String(value).replace(/ +$/, "");
    default:
      return String;
  }
}

function integer(text: string, type: string): bigint {
  const match =
    /^\s*([+-]?)(\d+(?:_\d+)*|0x_?[\da-f]+(?:_[\da-f]+)*|0o_?[0-7]+(?:_[0-7]+)*|0b_?[01]+(?:_[01]+)*)\s*$/i.exec(
      text,
    );
  if (!match) throw new ComputeError(`invalid input syntax for type ${type}`);
  const digits = BigInt((match[2] ?? "").replaceAll("_", ""));
  return inRange(match[1] === "-" ? -digits : digits, type);
}

export function inRange(value: bigint, type: string): bigint {
  const limit = 1n << BigInt(INT_BITS[type] ?? 63);
  if (value < -limit || value >= limit) throw new ComputeError(`${type} out of range`);
  return value;
}

function boolean(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (word !== "" && ("true".startsWith(word) || "yes".startsWith(word) || word === "on" || word === "1"))
    return true;
  if (
    word !== "" &&
    ("false".startsWith(word) || "no".startsWith(word) || word === "off" || word === "of" || word === "0")
  ) {
    return false;
  }
  throw new ComputeError("invalid input syntax for type boolean");
}

function uuid(text: string): string {
  const plain = text.toLowerCase().replace(/^\{(.*)\}$/, "$1");
  if (!/^[0-9a-f]{4}(-?[0-9a-f]{4}){7}$/.test(plain))
    throw new ComputeError("invalid input syntax for type uuid");
  return plain.replaceAll("-", "").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The conversion of a cast, null when there is none. */
export function converter(from: PgType, to: PgType): Convert | null {
  if (from === to || (isEnumType(from) && to === "text")) return (value) => value;
  if (isArrayType(from) && isArrayType(to)) {
    const item = converter(elementType(from), elementType(to));
    return item && ((value) => mapArray(value, item));
  }
  if (pgCategory(from) === "S") {
    const trim: Convert = from === "bpchar" ? writer("bpchar") : (value) => value;
    if (pgCategory(to) === "S") return trim;
    const read = reader(to);
    return (value) => read(String(trim(value)));
  }
  if (pgCategory(to) === "S") return writer(from);
  const isWhole = from in INT_BITS;
  switch (to) {
    case "int2":
    case "int4":
      if (from === "bool") return (value) => (value === true ? 1 : 0);
      return isWhole ? (value) => Number(inRange(BigInt(Number(value)), to)) : null;
    case "int8":
      return isWhole ? (value) => BigInt(asInteger(value)) : null;
    case "numeric":
      if (isWhole) return (value) => decimalOfInteger(asInteger(value));
      return from.startsWith("float")
        ? (value) => decimalOfFloat(Number(value), from === "float4" ? 6 : 15)
        : null;
    case "float4":
    case "float8": {
      const round = to === "float4" ? Math.fround : (value: number) => value;
      return from === "numeric"
        ? (value) => round(decimalToFloat(asDecimal(value)))
        : (value) => round(Number(value));
    }
    case "bool":
      return from === "int4" ? (value) => value !== 0 : null;
    case "timestamp":
    case "timestamptz":
      if (from === "date") return (value) => timestampOfDate(Number(value));
      return from === "timestamp" ? (value) => value : null;
    case "interval":
      return from === "time" ? (value) => ({ months: 0, days: 0, us: BigInt(Number(value)) }) : null;
    default:
      return null;
  }
}

function mapArray(value: Value, item: Convert): PgArray<Value> {
  const array = asArray(value);
  return { ...array, items: array.items.map((each) => (each === null ? null : item(each))) };
}

export function asBigint(value: Value): bigint {
  return typeof value === "bigint" ? value : BigInt(Number(value));
}

export function asInteger(value: Value): number | bigint {
  return typeof value === "bigint" ? value : Number(value);
}

export function asDecimal(value: Value): Decimal {
  return typeof value === "object" && "digits" in value ? value : decimalOfInteger(asInteger(value));
}

export function asInterval(value: Value): Interval {
  return typeof value === "object" && "months" in value ? value : { months: 0, days: 0, us: 0n };
}

export function asArray(value: Value): PgArray<Value> {
  return typeof value === "object" && "items" in value ? value : listOf([value]);
}
