import type { Convert } from "./convert.ts";
import type { PgType } from "./pg-types.ts";

/**
 * The text that Electric computes for `x::text` when a row changes, where Electric differs from Postgres. Electric has
 * one type for all numbers with a fraction, so that `2.50::numeric::text` is `2.5`. Postgres alone chooses the rows of
 * a snapshot, so a snapshot and the changes after it can disagree, here as with Electric.
 * Source: https://github.com/electric-sql/electric/blob/main/packages/sync-service/lib/electric/replication/eval/env/known_functions.ex
 * @returns a function from Postgres' text to Electric's; undefined for the types in which the two agree
 */
export function electricText(type: PgType): Convert | undefined {
  switch (type) {
    case "numeric":
    case "float4":
    case "float8":
      return (text) =>
        typeof text === "string" && Number.isFinite(Number(text)) ? erlangFloat(Number(text)) : text;
    case "bool":
      return (text) => (text === "true" ? "t" : "f");
    case "timestamp":
      return (text) => (typeof text === "string" ? text.replace(" ", "T") : text);
    default:
      return undefined;
  }
}

/** A double as Erlang writes a float: the shorter of `1000.0` and `1.0e3`, always with a fraction. */
function erlangFloat(value: number): string {
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
