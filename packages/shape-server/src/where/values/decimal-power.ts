import { ComputeError } from "./compute-error.ts";
import { type Decimal, decimalToFloat, divideDecimal, parseDecimal, roundDecimal } from "./decimal.ts";
import { powerFloat } from "./float.ts";

const maxExponent = 100_000n;
const maxDigits = 131_072;
const maxScale = 1000;

/**
 * `numeric ^ numeric`. A whole exponent gives the exact result, rounded to the scale that Postgres chooses. Any other
 * exponent is computed in floating point, which is right to about 15 digits where Postgres computes more.
 * @throws ComputeError on overflow, and where the power is not defined
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
  if (magnitude < -maxScale) return { digits: 0n, scale: maxScale };
  if (times > maxExponent || magnitude > maxDigits) throw new ComputeError("value overflows numeric format");
  const scale = Math.min(Math.max(16 - Math.trunc(magnitude), base.scale, exponent.scale, 0), maxScale);
  const product = { digits: base.digits ** times, scale: base.scale * Number(times) };
  if (power > 0n) return roundDecimal(product, scale);
  const inverse = divideDecimal({ digits: 10n ** BigInt(scale + 20), scale: scale + 20 }, product);
  return roundDecimal(inverse, scale);
}

/** About how many digits the result has before its point; negative where zeros follow the point. */
function magnitudeOf(base: Decimal, power: bigint): number {
  return Math.log10(Math.abs(decimalToFloat(base))) * Number(power);
}

function byFloat(base: Decimal, exponent: Decimal): Decimal {
  const [a, b] = [decimalToFloat(base), decimalToFloat(exponent)];
  const result = powerFloat(a, b);
  if (!Number.isFinite(result) && !base.special && !exponent.special) {
    throw new ComputeError("value overflows numeric format");
  }
  return parseDecimal(String(result));
}
