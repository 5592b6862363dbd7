import { ComputeError } from "./compute-error.ts";
import { absDecimal, addDecimal, divideDecimal, multiplyDecimal, negateDecimal } from "./decimal.ts";
import { powerDecimal } from "./decimal-power.ts";
import type { PgType } from "./pg-types.ts";
import { asBigint, asDecimal, inRange, type Value } from "./value.ts";

type Binary = (a: Value, b: Value) => Value;
type Unary = (a: Value) => Value;

/** Arithmetic with the result type's range: overflow is an error, as in Postgres. */
export function numberOperator(name: string, returns: PgType): Binary | undefined {
  if (returns === "numeric") return decimalOperator(name);
  if (returns.startsWith("float")) return floatOperator(name, returns === "float4");
  return integerOperator(name, returns);
}

function decimalOperator(name: string): Binary | undefined {
  switch (name) {
    case "+":
      return (a, b) => addDecimal(asDecimal(a), asDecimal(b));
    case "-":
      return (a, b) => addDecimal(asDecimal(a), negateDecimal(asDecimal(b)));
    case "*":
      return (a, b) => multiplyDecimal(asDecimal(a), asDecimal(b));
    case "/":
      return (a, b) => divideDecimal(asDecimal(a), asDecimal(b));
    case "^":
      return (a, b) => powerDecimal(asDecimal(a), asDecimal(b));
  }
}

function integerOperator(name: string, returns: PgType): Binary | undefined {
  const result: (value: bigint) => Value =
    returns === "int8" ? (value) => inRange(value, returns) : (value) => Number(inRange(value, returns));
  const on = (compute: (a: bigint, b: bigint) => bigint): Binary => {
    return (a, b) => result(compute(asBigint(a), asBigint(b)));
  };
  switch (name) {
    case "+":
      return on((a, b) => a + b);
    case "-":
      return on((a, b) => a - b);
    case "*":
      return on((a, b) => a * b);
    case "/":
      return on((a, b) => {
        if (b === 0n) throw new ComputeError("division by zero");
        return a / b;
      });
    case "&":
      return on((a, b) => a & b);
    case "|":
      return on((a, b) => a | b);
    case "#":
      return on((a, b) => a ^ b);
  }
}

function floatOperator(name: string, single: boolean): Binary | undefined {
  const round = single ? Math.fround : (value: number) => value;
  const on = (
    compute: (a: number, b: number) => number,
    mayVanish: (a: number, b: number) => boolean,
  ): Binary => {
    return (left, right) => {
      const [a, b] = [Number(left), Number(right)];
      const value = round(compute(a, b));
      if (!Number.isFinite(value) && !Number.isNaN(value) && Number.isFinite(a) && Number.isFinite(b)) {
        throw new ComputeError("value out of range: overflow");
      }
      if (value === 0 && mayVanish(a, b)) throw new ComputeError("value out of range: underflow");
      return value;
    };
  };
  switch (name) {
    case "+":
      return on(
        (a, b) => a + b,
        () => false,
      );
    case "-":
      return on(
        (a, b) => a - b,
        () => false,
      );
    case "*":
      return on(
        (a, b) => a * b,
        (a, b) => a !== 0 && b !== 0,
      );
    case "/":
      return on(
        (a, b) => {
          if (b === 0 && !Number.isNaN(a)) throw new ComputeError("division by zero");
          return a / b;
        },
        (a, b) => a !== 0 && Number.isFinite(b),
      );
    case "^":
      return on(power, (a, b) => a !== 0 && Number.isFinite(a) && Number.isFinite(b));
  }
}

/** As C's pow, with Postgres' errors; JavaScript differs from C in giving NaN for 1^NaN and 1^∞. */
function power(a: number, b: number): number {
  if (a === 1 || b === 0) return 1;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a === 0 && b < 0) throw new ComputeError("zero raised to a negative power is undefined");
  if (a < 0 && !Number.isInteger(b) && Number.isFinite(b)) {
    throw new ComputeError("a negative number raised to a non-integer power yields a complex result");
  }
  return a === -1 && !Number.isFinite(b) ? 1 : a ** b;
}

export function unaryOperator(name: string, type: PgType): Unary | undefined {
  if (name === "+") return (a) => a;
  if (name === "|/") {
    return (a) => {
      if (Number(a) < 0) throw new ComputeError("cannot take square root of a negative number");
      return Math.sqrt(Number(a));
    };
  }
  if (type === "numeric")
    return name === "-" ? (a) => negateDecimal(asDecimal(a)) : (a) => absDecimal(asDecimal(a));
  if (type.startsWith("float")) return name === "-" ? (a) => -Number(a) : (a) => Math.abs(Number(a));
  const result =
    type === "int8"
      ? (value: bigint) => inRange(value, type)
      : (value: bigint) => Number(inRange(value, type));
  switch (name) {
    case "-":
      return (a) => result(-asBigint(a));
    case "~":
      return (a) => result(~asBigint(a));
    case "@":
      return (a) => result(asBigint(a) < 0n ? -asBigint(a) : asBigint(a));
  }
}
