import { ComputeError } from "./compute-error.ts";

const integerBits = { int2: 15n, int4: 31n, int8: 63n };

export type IntegerType = keyof typeof integerBits;

export function isIntegerType(type: string): type is IntegerType {
  return Object.hasOwn(integerBits, type);
}

/** Whether the type can hold the value. */
export function fitsInteger(value: bigint, type: IntegerType): boolean {
  const limit = 1n << integerBits[type];
  return value >= -limit && value < limit;
}

/**
 * The value itself, if the type can hold it.
 * @throws ComputeError on overflow
 */
export function inRange(value: bigint, type: IntegerType): bigint {
  if (!fitsInteger(value, type)) throw new ComputeError(`${type} out of range`);
  return value;
}

/**
 * The type of a number literal that is too long for int4 or has a fraction.
 * Source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-CONSTANTS-NUMERIC
 */
export function longNumberType(text: string): "int8" | "numeric" {
  return /^-?\d+$/.test(text) && fitsInteger(BigInt(text), "int8") ? "int8" : "numeric";
}

/** Most integers in Postgres' output look like this; they need no further checks. */
const plainInt4 = /^-?\d{1,9}$/;
const plainInt8 = /^-?\d{1,18}$/;

/** @throws ComputeError */
export function parseInt2(text: string): number {
  return Number(parseInteger(text, "int2"));
}

/** @throws ComputeError */
export function parseInt4(text: string): number {
  return plainInt4.test(text) ? Number(text) : Number(parseInteger(text, "int4"));
}

/** @throws ComputeError */
export function parseInt8(text: string): bigint {
  return plainInt8.test(text) ? BigInt(text) : parseInteger(text, "int8");
}

const integerText =
  /^\s*([+-]?)(\d+(?:_\d+)*|0x_?[\da-f]+(?:_[\da-f]+)*|0o_?[0-7]+(?:_[0-7]+)*|0b_?[01]+(?:_[01]+)*)\s*$/i;

function parseInteger(text: string, type: IntegerType): bigint {
  const match = integerText.exec(text);
  if (!match) throw new ComputeError(`invalid input syntax for type ${type}`);
  const digits = BigInt((match[2] ?? "").replaceAll("_", ""));
  return inRange(match[1] === "-" ? -digits : digits, type);
}
