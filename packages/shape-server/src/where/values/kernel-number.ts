import { ComputeError } from "./compute-error.ts";
import { absDecimal, addDecimal, divideDecimal, multiplyDecimal, negateDecimal } from "./decimal.ts";
import { powerDecimal } from "./decimal-power.ts";
import { powerFloat } from "./float.ts";
import { type IntegerType, inRange, isIntegerType } from "./integer.ts";
import { isFloatType, type PgType } from "./pg-types.ts";
import { asBigint, asDecimal, type Value } from "./value.ts";

type Binary = (a: Value, b: Value) => Value;
type Unary = (a: Value) => Value;

/**
 * A binary arithmetic operator, which computes in the type of its result. It throws ComputeError on overflow, on
 * underflow and on a division by zero, as Postgres does.
 * Source: https://www.postgresql.org/docs/current/functions-math.html
 * @returns undefined when the type has no such operator
 */
export function numberOperator(name: string, returns: PgType): Binary | undefined {
  if (returns === "numeric") return decimalOperator(name);
  if (isFloatType(returns)) return floatOperator(name, returns === "float4");
  return isIntegerType(returns) ? integerOperator(name, returns) : undefined;
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

/** Checks the range of a result and gives the value the form of its type. */
function integerResult(type: IntegerType): (value: bigint) => Value {
  return type === "int8" ? (value) => inRange(value, type) : (value) => Number(inRange(value, type));
}

function integerOperator(name: string, returns: IntegerType): Binary | undefined {
  const result = integerResult(returns);
  const on =
    (compute: (a: bigint, b: bigint) => bigint): Binary =>
    (a, b) =>
      result(compute(asBigint(a), asBigint(b)));
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

interface FloatOperator {
  compute(a: number, b: number): number;
  /** Whether a result of 0 means that the true result was too small for the type. */
  underflowsAtZero(a: number, b: number): boolean;
}

const floatOperators: Record<string, FloatOperator> = {
  "+": { compute: (a, b) => a + b, underflowsAtZero: () => false },
  "-": { compute: (a, b) => a - b, underflowsAtZero: () => false },
  "*": { compute: (a, b) => a * b, underflowsAtZero: (a, b) => a !== 0 && b !== 0 },
  "/": { compute: divideFloat, underflowsAtZero: (a, b) => a !== 0 && Number.isFinite(b) },
  "^": {
    compute: powerFloat,
    underflowsAtZero: (a, b) => a !== 0 && Number.isFinite(a) && Number.isFinite(b),
  },
};

function floatOperator(name: string, single: boolean): Binary | undefined {
  const operator = floatOperators[name];
  if (!operator) return undefined;
  const round = single ? Math.fround : (value: number) => value;
  return (left, right) => {
    const [a, b] = [Number(left), Number(right)];
    const value = round(operator.compute(a, b));
    if (!Number.isFinite(value) && !Number.isNaN(value) && Number.isFinite(a) && Number.isFinite(b)) {
      throw new ComputeError("value out of range: overflow");
    }
    if (value === 0 && operator.underflowsAtZero(a, b)) {
      throw new ComputeError("value out of range: underflow");
    }
    return value;
  };
}

function divideFloat(a: number, b: number): number {
  if (b === 0 && !Number.isNaN(a)) throw new ComputeError("division by zero");
  return a / b;
}

/**
 * A unary arithmetic operator: `+`, `-`, `@` (absolute value), `~` (bitwise not), `|/` (square root).
 * It throws ComputeError on overflow and for the square root of a negative number.
 * @returns undefined when the type has no such operator
 */
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
  if (isFloatType(type)) return name === "-" ? (a) => -Number(a) : (a) => Math.abs(Number(a));
  if (!isIntegerType(type)) return undefined;
  const result = integerResult(type);
  switch (name) {
    case "-":
      return (a) => result(-asBigint(a));
    case "~":
      return (a) => result(~asBigint(a));
    case "@":
      return (a) => result(asBigint(a) < 0n ? -asBigint(a) : asBigint(a));
  }
}
