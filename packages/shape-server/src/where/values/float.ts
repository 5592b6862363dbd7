import { ComputeError } from "./compute-error.ts";

const decimalText = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
const specialText = /^\s*([+-]?)(nan|inf(?:inity)?)\s*$/i;

/**
 * Reads a double precision number.
 * Source: https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT
 * @throws ComputeError for text that is no number, and for a number that the type would make infinite or zero
 */
export function parseFloat8(text: string): number {
  const special = specialText.exec(text);
  if (special) {
    if (special[2]?.toLowerCase() === "nan") return Number.NaN;
    return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const value = decimalText.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new ComputeError("invalid input syntax for type double precision");
  if (isOutOfRange(value, text)) throw new ComputeError("out of range for type double precision");
  return value;
}

/**
 * Reads a single precision number.
 * @throws ComputeError as `parseFloat8` does
 */
export function parseFloat4(text: string): number {
  const value = Math.fround(parseFloat8(text));
  if (!specialText.test(text) && isOutOfRange(value, text)) {
    throw new ComputeError("out of range for type real");
  }
  return value;
}

/** Whether a number became infinite, or zero although the text has other digits. */
function isOutOfRange(value: number, text: string): boolean {
  return !Number.isFinite(value) || (value === 0 && /[1-9]/.test(text.replace(/e.*/i, "")));
}

/**
 * `a ^ b` for floats. Postgres calls C's pow, for which 1 to the power of NaN and of infinity is 1, where JavaScript
 * gives NaN.
 * @throws ComputeError for 0 to a negative power, and for a negative number to a power that is not whole
 */
export function powerFloat(a: number, b: number): number {
  if (a === 1 || b === 0) return 1;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a === 0 && b < 0) throw new ComputeError("zero raised to a negative power is undefined");
  if (a < 0 && !Number.isInteger(b) && Number.isFinite(b)) {
    throw new ComputeError("a negative number raised to a non-integer power yields a complex result");
  }
  return a === -1 && !Number.isFinite(b) ? 1 : a ** b;
}

/**
 * The shortest text that reads back as the same number, as Postgres writes it with `extra_float_digits = 1`: `0.1`,
 * `1e+15`, `1e-05`.
 * @param single whether the number is of single precision
 */
export function formatFloat(value: number, single: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  if (Object.is(value, -0)) return "-0";
  const short = single ? shortestSingle(value).toExponential() : shortestDouble(value);
  const [mantissa = "0", exponent = "0"] = short.split("e");
  const power = Number(exponent);
  if (power < -4 || power >= (single ? 6 : 15)) {
    return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  const digits = mantissa.replace(/[-.]/g, "");
  const sign = value < 0 ? "-" : "";
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0");
  const rest = digits.slice(power + 1);
  return sign + whole + (rest && `.${rest}`);
}

/** JavaScript's shortest text may lie halfway between two numbers and mean the even one. Postgres writes no such text. */
function shortestDouble(value: number): string {
  const text = value.toExponential();
  if (!isHalfwayText(text, value)) return text;
  for (let digits = text.replace(/e.*|[-.]/g, "").length + 1; digits < 17; digits++) {
    const longer = value.toExponential(digits - 1);
    if (Number(longer) === value && !isHalfwayText(longer, value)) return longer;
  }
  return value.toExponential(16);
}

/** Whether a text lies halfway between a number of double precision and the number above or below. */
function isHalfwayText(text: string, value: number): boolean {
  // Smaller numbers have an exact text that is no longer than the one halfway.
  if (Math.abs(value) < 2 ** 54) return false;
  const exact = BigInt(Math.abs(value));
  const [mantissa = "0", exponent = "0"] = text.replace("-", "").split("e");
  const digits = mantissa.replace(".", "");
  const shown = BigInt(digits.padEnd(Number(exponent) + 1, "0"));
  const bits = exact.toString(2);
  const above = 2n ** BigInt(bits.length - 53);
  // Below a power of two the numbers stand twice as close.
  const below = /^10*$/.test(bits) ? above / 2n : above;
  return (shown - exact) * 2n === above || (exact - shown) * 2n === below;
}

function shortestSingle(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = roundedToEven(value, digits);
    if (readsBack(short, value)) return short;
  }
  return roundedToEven(value, 9);
}

/** Rounds to a number of digits. Halfway between two results it takes the even one, where `toPrecision` takes the larger. */
function roundedToEven(value: number, digits: number): number {
  const up = Number(value.toPrecision(digits));
  const [mantissa = "0", exponent = "0"] = up.toExponential(digits - 1).split("e");
  const last = Number(mantissa.at(-1));
  if (last % 2 === 0) return up;
  const unit = `e${Number(exponent) - digits + 1}`;
  const down = Number((Math.abs(up) - Number(`1${unit}`)).toPrecision(digits)) * Math.sign(up);
  return isHalfway(value, down, up) ? down : up;
}

/** The differences are exact, since a single precision number has few enough decimal digits for a double. */
function isHalfway(value: number, down: number, up: number): boolean {
  return Math.abs(value - down) === Math.abs(up - value) && value !== up;
}

/** Whether `decimal` is nearer to the single precision number `value` than to any other. Halfway does not count. */
function readsBack(decimal: number, value: number): boolean {
  if (decimal === value) return true;
  const bits = new Int32Array(new Float32Array([value]).buffer);
  const step = decimal > value === value > 0 ? 1 : -1;
  const neighbour = (by: number) =>
    new Float32Array(new Int32Array([(bits[0] ?? 0) + by]).buffer)[0] ?? value;
  const gap = Math.abs(neighbour(step) - value);
  // The largest number has no neighbour above, so the gap below it counts for both sides.
  return Math.abs(decimal - value) < (Number.isFinite(gap) ? gap : Math.abs(neighbour(-step) - value)) / 2;
}
