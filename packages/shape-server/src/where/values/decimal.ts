import { ComputeError } from "./compute-error.ts";

/** A `numeric`: `digits` / 10^`scale`, or one of the three values that are no number of that kind. */
export interface Decimal {
  digits: bigint;
  /** Digits after the point, which the text form shows, trailing zeros included. */
  scale: number;
  special?: "NaN" | "Infinity" | "-Infinity";
}

const MAX_SCALE = 16_383;
const MAX_DIGITS = 131_072;
/** Postgres counts in groups of four decimal digits; its rules for the scale of a quotient do too. */
const GROUP = 4;

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
  if (Math.abs(exponent) > MAX_DIGITS) throw new ComputeError("value overflows numeric format");
  const digits = BigInt(`${match[2] ?? ""}${fraction}`) * (match[1] === "-" ? -1n : 1n);
  const scale = fraction.length - exponent;
  if (scale < 0) return { digits: digits * 10n ** BigInt(-scale), scale: 0 };
  if (scale > MAX_SCALE) throw new ComputeError("value overflows numeric format");
  return { digits, scale };
}

export function formatDecimal({ digits, scale, special }: Decimal): string {
  if (special) return special;
  const sign = digits < 0n ? "-" : "";
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

export function decimalOfInteger(value: number | bigint): Decimal {
  return { digits: BigInt(value), scale: 0 };
}

/** As Postgres casts: with 15 (double) or 6 (single) significant digits. */
export function decimalOfFloat(value: number, precision: number): Decimal {
  if (!Number.isFinite(value)) return parseDecimal(String(value));
  return parseDecimal(String(Number(value.toPrecision(precision))));
}

export function decimalToFloat(value: Decimal): number {
  return Number(value.special ?? formatDecimal(value));
}

/** NaN equals itself and is greater than everything. */
export function compareDecimal(a: Decimal, b: Decimal): number {
  if (a.special || b.special) return rank(a) - rank(b);
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

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

export function multiplyDecimal(a: Decimal, b: Decimal): Decimal {
  if (a.special || b.special) return ofFloat(signed(a) * signed(b));
  const product = { digits: a.digits * b.digits, scale: a.scale + b.scale };
  return product.scale > MAX_SCALE ? roundDecimal(product, MAX_SCALE) : product;
}

/** Divides with the scale that Postgres chooses: at least 16 significant digits, and not fewer than the operands show. */
export function divideDecimal(a: Decimal, b: Decimal): Decimal {
  if (!b.special && b.digits === 0n && a.special !== "NaN") throw new ComputeError("division by zero");
  if (a.special || b.special)
    return ofFloat(a.special ? signed(a) / signed(b) : b.special === "NaN" ? Number.NaN : 0);
  let weight = groupWeight(a) - groupWeight(b);
  if (firstGroup(a) <= firstGroup(b)) weight--;
  const scale = Math.min(Math.max(16 - weight * GROUP, a.scale, b.scale, 0), 1000);
  // One digit more, then round half away from zero.
  const shift = scale + 1 - a.scale + b.scale;
  const top = shift >= 0 ? a.digits * 10n ** BigInt(shift) : a.digits;
  const bottom = shift >= 0 ? b.digits : b.digits * 10n ** BigInt(-shift);
  return roundDecimal({ digits: top / bottom, scale: scale + 1 }, scale);
}

/** Rounds half away from zero. */
export function roundDecimal(value: Decimal, scale: number): Decimal {
  if (value.special) return value;
  if (value.scale <= scale) return { digits: value.digits * 10n ** BigInt(scale - value.scale), scale };
  const unit = 10n ** BigInt(value.scale - scale);
  const half = unit / 2n;
  return { digits: (value.digits + (value.digits < 0n ? -half : half)) / unit, scale };
}

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

function signed(value: Decimal): number {
  return value.special ? Number(value.special) : value.digits > 0n ? 1 : value.digits < 0n ? -1 : 0;
}

function ofFloat(value: number): Decimal {
  return parseDecimal(String(value));
}

/** The position of the first group of four digits that is not zero, counted from the point. */
function groupWeight(value: Decimal): number {
  if (value.digits === 0n) return 0;
  return Math.floor((leading(value).length - value.scale - 1) / GROUP);
}

function firstGroup(value: Decimal): number {
  if (value.digits === 0n) return 0;
  const text = leading(value);
  const size = (((text.length - value.scale - 1) % GROUP) + GROUP) % GROUP;
  return Number(text.slice(0, size + 1).padEnd(size + 1, "0"));
}

function leading({ digits }: Decimal): string {
  return String(digits < 0n ? -digits : digits);
}
