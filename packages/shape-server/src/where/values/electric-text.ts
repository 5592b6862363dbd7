import type { PgType } from "./pg-types.ts";
import type { Convert } from "./value.ts";

/**
 * How `x::text` reads when Electric computes it on a change, where that is not what Postgres writes: it knows one kind
 * of fractional number, so `2.50::numeric::text` is `2.5`. The snapshot's rows are chosen by Postgres all the same.
 *
 * @returns what turns Postgres' text into Electric's; undefined for the types in which they agree
 */
export function electricText(type: PgType): Convert | undefined {
  switch (type) {
    case "numeric":
    case "float4":
    case "float8":
      return (text) =>
        typeof text === "string" && Number.isFinite(Number(text)) ? fractional(Number(text)) : text;
    case "bool":
      return (text) => (text === "true" ? "t" : "f");
    case "timestamp":
      return (text) => (typeof text === "string" ? text.replace(" ", "T") : text);
    default:
      return undefined;
  }
}

/** A double in Erlang's short form: the shorter of `1000.0` and `1.0e3`, always with a fraction. */
function fractional(value: number): string {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const scientific = `${mantissa.includes(".") ? mantissa : `${mantissa}.0`}e${Number(exponent)}`;
  if (Math.abs(value) > 2 ** 53) return scientific;
  const decimal = Object.is(value, -0) ? "-0.0" : withFraction(mantissa, Number(exponent));
  return scientific.length < decimal.length ? scientific : decimal;
}

function withFraction(mantissa: string, power: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0");
  return `${sign}${whole}.${digits.slice(power + 1) || "0"}`;
}
