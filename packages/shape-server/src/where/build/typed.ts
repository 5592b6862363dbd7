import type { InSubquery, Row } from "../syntax/condition.ts";
import { refusedAt, type WhereError } from "../syntax/where-error.ts";
import { ComputeError } from "../values/compute-error.ts";
import { type Convert, converter } from "../values/convert.ts";
import type { PgType } from "../values/pg-types.ts";
import { reader } from "../values/read.ts";
import type { Value } from "../values/value.ts";

/** What a compiled expression is computed from. */
export interface Frame {
  readonly row: Row;
  readonly inSubquery: InSubquery | undefined;
}

/** Computes an expression; null is NULL. Throws ComputeError where Postgres would raise an error. */
export type Run = (frame: Frame) => Value | null;

/** A compiled expression. */
export interface Typed {
  readonly type: PgType;
  readonly run: Run;
  /** Whether the expression has the same value for every row. */
  readonly constant: boolean;
  /** The byte offset of the expression in the parsed statement. */
  readonly location: number;
  /** For a literal whose type is still open: its text, or null for NULL. */
  readonly open?: string | null;
  /** For an expression that is nothing but a column: the column's name. */
  readonly column?: string;
}

/**
 * Failures of constant parts. They are collected and thrown when the condition is compiled, since COALESCE may still
 * drop the part that failed.
 */
export type Failures = WhereError[];

const noRow: Frame = { row: {}, inSubquery: undefined };

/** A value that is known when the condition is compiled; null is NULL. */
export function constant(type: PgType, value: Value | null, location: number): Typed {
  return { type, run: () => value, constant: true, location };
}

/** A literal in quotes, a parameter of open type, or NULL. `coerce` gives a type to such an expression. */
export function openLiteral(text: string | null, location: number): Typed {
  return { type: "unknown", run: () => text, constant: true, location, open: text };
}

/** Computes a constant expression once, when the condition is compiled, as Postgres' planner does. */
export function folded(typed: Typed, failures: Failures): Typed {
  if (!typed.constant || typed.open !== undefined) return typed;
  try {
    return constant(typed.type, typed.run(noRow), typed.location);
  } catch (error) {
    if (!(error instanceof ComputeError)) throw error;
    // Electric reports this failure without a location.
    failures.push(refusedAt(0, "Failed to apply function to constant arguments"));
    return typed;
  }
}

/**
 * Casts an expression to a type. An open literal is read as a value of the type.
 * @throws WhereError when there is no such cast, or the literal is no value of the type
 */
export function coerce(typed: Typed, to: PgType, failures: Failures): Typed {
  if (typed.open !== undefined) {
    const value = typed.open === null ? null : readLiteral(typed.open, to, typed.location);
    return constant(to, value, typed.location);
  }
  if (typed.type === to) return typed;
  const convert = converter(typed.type, to);
  if (!convert) throw refusedAt(typed.location, `cannot cast type ${typed.type} to ${to}`);
  return folded(mapped(typed, to, convert), failures);
}

/** A literal that cannot be read is refused at once, even where COALESCE would drop it. */
function readLiteral(text: string, type: PgType, location: number): Value {
  try {
    return reader(type)(text);
  } catch (error) {
    if (error instanceof ComputeError) {
      throw refusedAt(location, `${error.message}: ${JSON.stringify(text)}`);
    }
    throw error;
  }
}

/** Applies a function to the value of an expression, unless the value is NULL. */
export function mapped(typed: Typed, type: PgType, convert: Convert): Typed {
  const { run } = typed;
  return {
    type,
    constant: typed.constant,
    location: typed.location,
    run: (frame) => {
      const value = run(frame);
      return value === null ? null : convert(value);
    },
  };
}

/** The value of a constant. Undefined for other expressions, and for a constant that cannot be computed. */
export function constantValue(typed: Typed): Value | null | undefined {
  if (!typed.constant) return undefined;
  try {
    return typed.run(noRow);
  } catch {
    return undefined;
  }
}

/**
 * Applies a function that gives NULL when an argument is NULL. All arguments are computed first, as in Postgres, so an
 * argument may fail beside NULL. Beside a constant NULL nothing is computed.
 */
export function strict(
  args: Typed[],
  type: PgType,
  location: number,
  compute: (...values: Value[]) => Value | null,
): Typed {
  if (args.some((arg) => arg.constant && constantValue(arg) === null)) return constant(type, null, location);
  const run = strictRun(
    args.map((arg) => arg.run),
    compute,
  );
  return { type, constant: args.every((arg) => arg.constant), location, run };
}

/** Two arguments, which operators have, go without arrays: conditions run once for every change. */
function strictRun(runs: Run[], compute: (...values: Value[]) => Value | null): Run {
  const [first, second] = runs;
  if (runs.length === 2 && first && second) {
    return (frame) => {
      const a = first(frame);
      const b = second(frame);
      return a === null || b === null ? null : compute(a, b);
    };
  }
  return (frame) => {
    const values = runs.map((run) => run(frame));
    const given = values.filter((value) => value !== null);
    return given.length < values.length ? null : compute(...given);
  };
}
