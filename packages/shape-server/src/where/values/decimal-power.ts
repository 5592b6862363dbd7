import { ComputeError } from "./compute-error.ts";
import { type Decimal, decimalToFloat, divideDecimal, parseDecimal, roundDecimal } from "./decimal.ts";

const MAX_EXPONENT = 100_000n;

/**
 * `numeric ^ numeric`. Whole exponents are computed exactly and rounded to the scale that Postgres shows;
 * others by floating point, to some 15 digits.
 */
export function powerDecimal(base: Decimal, exponent: Decimal): Decimal {
  const whole = !exponent.special && exponent.digits % 10n ** BigInt(exponent.scale) === 0n;
  if (base.special || exponent.special || !whole) return byFloat(base, exponent);
  const power = exponent.digits / 10n ** BigInt(exponent.scale);
  if (power === 0n) return { digits: 10n ** 16n, scale: 16 };
  if (base.digits === 0n) {
    if (power < 0n) throw new ComputeError("zero raised to a negative power is undefined");
    return { digits: 0n, scale: 16 };
  }
  const times = power < 0n ? -power : power;
  const magnitude = magnitudeOf(base, power);
  if (magnitude < -1000) return { digits: 0n, scale: 1000 };
  if (times > MAX_EXPONENT || magnitude > 131_072) throw new ComputeError("value overflows numeric format");
  const scale = Math.min(Math.max(16 - Math.trunc(magnitude), base.scale, exponent.scale, 0), 1000);
  const product = { digits: base.digits ** times, scale: base.scale * Number(times) };
  if (power > 0n) return roundDecimal(product, scale);
  const inverse = divideDecimal({ digits: 10n ** BigInt(scale + 20), scale: scale + 20 }, product);
  return roundDecimal(inverse, scale);
}

/** The number of digits before the point of the result, negative for what follows it. */
function magnitudeOf(base: Decimal, power: bigint): number {
  return Math.log10(Math.abs(decimalToFloat(base))) * Number(power);
}

function byFloat(base: Decimal, exponent: Decimal): Decimal {
  const [a, b] = [decimalToFloat(base), decimalToFloat(exponent)];
  if (a === 1 || b === 0) return parseDecimal("1");
  if (a === 0 && b < 0) throw new ComputeError("zero raised to a negative power is undefined");
  if (a < 0 && Number.isFinite(b) && !Number.isInteger(b)) {
    throw new ComputeError("a negative number raised to a non-integer power yields a complex result");
  }
  const result = a === -1 && !Number.isFinite(b) ? 1 : a ** b;
  if (!Number.isFinite(result) && !base.special && !exponent.special) {
    throw new ComputeError("value overflows numeric format");
  }
  return parseDecimal(String(result));
}
