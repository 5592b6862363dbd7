import type { InSubquery, Row } from "../syntax/condition.ts";
import { refusedAt, type WhereError } from "../syntax/where-error.ts";
import { ComputeError } from "../values/compute-error.ts";
import type { PgType } from "../values/pg-types.ts";
import { type Convert, converter, reader, type Value } from "../values/value.ts";

/** What an expression is computed from. */
export interface Frame {
  row: Row;
  inSubquery: InSubquery | undefined;
}

export type Run = (frame: Frame) => Value | null;

/** An expression with its Postgres type, ready to be computed. */
export interface Typed {
  type: PgType;
  run: Run;
  /** It reads no column. */
  constant: boolean;
  loc: number;
  /** A literal whose type is still open: its text, or null for NULL. */
  open?: string | null;
  /** It is just this column. */
  column?: string;
}

/** Failures of constant parts, thrown at the end unless COALESCE drops the part, as Postgres does. */
export type Failures = WhereError[];

export function constant(type: PgType, value: Value | null, loc: number): Typed {
  return { type, run: () => value, constant: true, loc };
}

export function openLiteral(text: string | null, loc: number): Typed {
  return { type: "unknown", run: () => text, constant: true, loc, open: text };
}

/** Computes what depends on no column once, when the condition is compiled. */
export function folded(typed: Typed, failures: Failures): Typed {
  if (!typed.constant || typed.open !== undefined) return typed;
  try {
    return constant(typed.type, typed.run({ row: {}, inSubquery: undefined }), typed.loc);
  } catch (error) {
    if (!(error instanceof ComputeError)) throw error;
    // Electric knows no place of what it computes
    failures.push(refusedAt(0, "Failed to apply function to constant arguments"));
    return typed;
  }
}

/** Casts to a type; an open literal is read as it. */
export function coerce(typed: Typed, to: PgType, failures: Failures): Typed {
  if (typed.open !== undefined) {
    const text = typed.open;
    if (text === null) return constant(to, null, typed.loc);
    return constant(to, readLiteral(text, to, typed.loc), typed.loc);
  }
  if (typed.type === to) return typed;
  const convert = converter(typed.type, to);
  if (!convert) throw refusedAt(typed.loc, `cannot cast type ${typed.type} to ${to}`);
  const cast = mapped(typed, to, convert);
  return folded(cast, failures);
}

/** Unlike other constants, a literal that cannot be read fails wherever it stands. */
function readLiteral(text: string, type: PgType, loc: number): Value {
  try {
    return reader(type)(text);
  } catch (error) {
    if (error instanceof ComputeError) throw refusedAt(loc, `${error.message}: ${JSON.stringify(text)}`);
    throw error;
  }
}

/** Applies a function to a value that is not NULL. */
export function mapped(typed: Typed, type: PgType, convert: Convert): Typed {
  const { run } = typed;
  return {
    type,
    constant: typed.constant,
    loc: typed.loc,
    run: (frame) => {
      const value = run(frame);
      return value === null ? null : convert(value);
    },
  };
}

/** The value of a constant, undefined for anything else. */
export function constantValue(typed: Typed): Value | null | undefined {
  if (!typed.constant) return undefined;
  try {
    return typed.run({ row: {}, inSubquery: undefined });
  } catch {
    return undefined;
  }
}
