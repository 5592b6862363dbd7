import { ComputeError } from "./compute-error.ts";

/**
 * A `numeric`: `digits` / 10^`scale`, or one of three special values.
 * Source: https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-NUMERIC-DECIMAL
 */
export interface Decimal {
  digits: bigint;
  /** The number of digits after the point. The text form shows all of them, trailing zeros included. */
  scale: number;
  special?: "NaN" | "Infinity" | "-Infinity";
}

const maxScale = 16_383;
const maxDigits = 131_072;
const maxQuotientScale = 1000;
/** Postgres stores four decimal digits as a group, and chooses the scale of a quotient by groups. */
const groupSize = 4;

/** @throws ComputeError for text that is no number, and for a number that the type cannot hold */
export function parseDecimal(text: string): Decimal {
  const special = /^\s*([+-]?)(nan|inf(?:inity)?)\s*$/i.exec(text);
  if (special) {
    const isNan = special[2]?.toLowerCase() === "nan";
    if (isNan && special[1]) throw new ComputeError("invalid input syntax for type numeric");
    return { digits: 0n, scale: 0, special: isNan ? "NaN" : special[1] === "-" ? "-Infinity" : "Infinity" };
  }
  const match = /^\s*([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:e([+-]?\d{1,9}))?\s*$/i.exec(text);
  if (!match) throw new ComputeError("invalid input syntax for type numeric");
  const fraction = match[3] ?? match[4] ?? "";
  const exponent = Number(match[5] ?? 0);
  if (Math.abs(exponent) > maxDigits) throw new ComputeError("value overflows numeric format");
  const digits = BigInt(`${match[2] ?? ""}${fraction}`) * (match[1] === "-" ? -1n : 1n);
  const scale = fraction.length - exponent;
  if (scale < 0) return { digits: digits * 10n ** BigInt(-scale), scale: 0 };
  if (scale > maxScale) throw new ComputeError("value overflows numeric format");
  return { digits, scale };
}

/** Writes a number as Postgres does, with all digits of its scale. */
export function formatDecimal({ digits, scale, special }: Decimal): string {
  if (special) return special;
  const sign = digits < 0n ? "-" : "";
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

export function decimalOfInteger(value: number | bigint): Decimal {
  return { digits: BigInt(value), scale: 0 };
}

/**
 * The cast from a float.
 * @param precision how many significant digits the cast keeps: 15 of a double, 6 of a single precision number
 */
export function decimalOfFloat(value: number, precision: number): Decimal {
  if (!Number.isFinite(value)) return parseDecimal(String(value));
  return parseDecimal(String(Number(value.toPrecision(precision))));
}

/** The cast to double precision, which rounds. */
export function decimalToFloat(value: Decimal): number {
  return Number(value.special ?? formatDecimal(value));
}

/** Gives a number below, equal to or above 0. NaN equals NaN and is greater than all other values. */
export function compareDecimal(a: Decimal, b: Decimal): number {
  if (a.special || b.special) return rank(a) - rank(b);
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Adds two numbers. The sum has the larger of the two scales. */
export function addDecimal(a: Decimal, b: Decimal): Decimal {
  if (a.special || b.special) return ofFloat(decimalToFloat(a) + decimalToFloat(b));
  const [x, y, scale] = aligned(a, b);
  return { digits: x + y, scale };
}

export function negateDecimal(a: Decimal): Decimal {
  return a.special ? ofFloat(-decimalToFloat(a)) : { digits: -a.digits, scale: a.scale };
}

export function absDecimal(a: Decimal): Decimal {
  return a.special === "-Infinity" || a.digits < 0n ? negateDecimal(a) : a;
}

/** Multiplies two numbers. The scale of the product is the sum of the scales, as far as the type allows. */
export function multiplyDecimal(a: Decimal, b: Decimal): Decimal {
  if (a.special || b.special) return ofFloat(signOrSpecial(a) * signOrSpecial(b));
  const product = { digits: a.digits * b.digits, scale: a.scale + b.scale };
  return product.scale > maxScale ? roundDecimal(product, maxScale) : product;
}

/**
 * Divides with the scale that Postgres chooses: at least 16 significant digits, and no fewer digits after the point than
 * the operands have.
 * @throws ComputeError for a division by zero
 */
export function divideDecimal(a: Decimal, b: Decimal): Decimal {
  if (!b.special && b.digits === 0n && a.special !== "NaN") throw new ComputeError("division by zero");
  if (a.special || b.special)
    return ofFloat(a.special ? signOrSpecial(a) / signOrSpecial(b) : b.special === "NaN" ? Number.NaN : 0);
  let weight = groupWeight(a) - groupWeight(b);
  if (firstGroup(a) <= firstGroup(b)) weight--;
  const scale = Math.min(Math.max(16 - weight * groupSize, a.scale, b.scale, 0), maxQuotientScale);
  // The quotient is computed with one digit more than it keeps, which rounds it.
  const shift = scale + 1 - a.scale + b.scale;
  const top = shift >= 0 ? a.digits * 10n ** BigInt(shift) : a.digits;
  const bottom = shift >= 0 ? b.digits : b.digits * 10n ** BigInt(-shift);
  return roundDecimal({ digits: top / bottom, scale: scale + 1 }, scale);
}

/** Rounds to `scale` digits after the point, half away from zero. Fewer digits are filled up with zeros. */
export function roundDecimal(value: Decimal, scale: number): Decimal {
  if (value.special) return value;
  if (value.scale <= scale) return { digits: value.digits * 10n ** BigInt(scale - value.scale), scale };
  const unit = 10n ** BigInt(value.scale - scale);
  const half = unit / 2n;
  return { digits: (value.digits + (value.digits < 0n ? -half : half)) / unit, scale };
}

/** The digits of both numbers at a common scale, and this scale. */
function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  if (a.scale === b.scale) return [a.digits, b.digits, a.scale];
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale), scale];
}

function rank(value: Decimal): number {
  if (value.special === "NaN") return 2;
  if (value.special) return value.special === "Infinity" ? 1 : -1;
  return 0;
}

/** The sign as a number, or the special value: JavaScript computes with them as Postgres does. */
function signOrSpecial(value: Decimal): number {
  return value.special ? Number(value.special) : value.digits > 0n ? 1 : value.digits < 0n ? -1 : 0;
}

/** A special value, or zero, from what JavaScript computes with special values. */
function ofFloat(value: number): Decimal {
  return parseDecimal(String(value));
}

/** The place of the first group that is not zero: 0 just before the point, negative after it. */
function groupWeight(value: Decimal): number {
  if (value.digits === 0n) return 0;
  return Math.floor((digitsOf(value).length - value.scale - 1) / groupSize);
}

/** The first group that is not zero, as a number below 10,000. */
function firstGroup(value: Decimal): number {
  if (value.digits === 0n) return 0;
  const text = digitsOf(value);
  const size = (((text.length - value.scale - 1) % groupSize) + groupSize) % groupSize;
  return Number(text.slice(0, size + 1).padEnd(size + 1, "0"));
}

function digitsOf({ digits }: Decimal): string {
  return String(digits < 0n ? -digits : digits);
}
