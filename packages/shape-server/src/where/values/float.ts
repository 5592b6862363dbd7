import { ComputeError } from "./compute-error.ts";

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
const SPECIAL = /^\s*([+-]?)(nan|inf(?:inity)?)\s*$/i;

export function parseFloat8(text: string): number {
  const special = SPECIAL.exec(text);
  if (special) {
    if (special[2]?.toLowerCase() === "nan") return Number.NaN;
    return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new ComputeError("invalid input syntax for type double precision");
  if (!Number.isFinite(value) || (value === 0 && /[1-9]/.test(text.replace(/e.*/i, "")))) {
    throw new ComputeError("out of range for type double precision");
  }
  return value;
}

export function parseFloat4(text: string): number {
  const value = Math.fround(parseFloat8(text));
  const special = SPECIAL.test(text);
  if (!special && (!Number.isFinite(value) || (value === 0 && /[1-9]/.test(text.replace(/e.*/i, ""))))) {
    throw new ComputeError("out of range for type real");
  }
  return value;
}

/** The shortest text that reads back as the same number, in Postgres' form: `1e+15`, `1e-05`. */
export function formatFloat(value: number, single: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  if (Object.is(value, -0)) return "-0";
  let short = value;
  if (single) {
    for (let digits = 1; digits <= 9; digits++) {
      short = roundedToEven(value, digits);
      if (readsBack(short, value)) break;
    }
  }
  const [mantissa = "0", exponent = "0"] = short.toExponential().split("e");
  const power = Number(exponent);
  if (power < -4 || power >= (single ? 6 : 15)) {
    return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  const digits = mantissa.replace(/[-.]/g, "");
  const sign = short < 0 ? "-" : "";
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0");
  const rest = digits.slice(power + 1);
  return sign + whole + (rest && `.${rest}`);
}

/** To so many digits; of two that are equally near, the even one, where `toPrecision` takes the larger. */
function roundedToEven(value: number, digits: number): number {
  const up = Number(value.toPrecision(digits));
  const [mantissa = "0", exponent = "0"] = up.toExponential(digits - 1).split("e");
  const last = Number(mantissa.at(-1));
  if (last % 2 === 0) return up;
  const unit = `e${Number(exponent) - digits + 1}`;
  const down = Number((Math.abs(up) - Number(`1${unit}`)).toPrecision(digits)) * Math.sign(up);
  return isHalfway(value, down, up) ? down : up;
}

/** Exact: a single precision number has few enough digits in decimal for its text to tell. */
function isHalfway(value: number, down: number, up: number): boolean {
  return Math.abs(value - down) === Math.abs(up - value) && value !== up;
}

/** Whether a single precision number is the only nearest one to a decimal; half way between two does not count. */
function readsBack(decimal: number, value: number): boolean {
  if (decimal === value) return true;
  const bits = new Int32Array(new Float32Array([value]).buffer);
  const step = decimal > value === value > 0 ? 1 : -1;
  const neighbour = (by: number) =>
    new Float32Array(new Int32Array([(bits[0] ?? 0) + by]).buffer)[0] ?? value;
  const gap = Math.abs(neighbour(step) - value);
  // Above the largest number there is none: the gap below it counts for both sides.
  return Math.abs(decimal - value) < (Number.isFinite(gap) ? gap : Math.abs(neighbour(-step) - value)) / 2;
}
