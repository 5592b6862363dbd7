import { refusedAt } from "../syntax/where-error.ts";
import { comparer, contains, overlaps } from "../values/kernel-compare.ts";
import { dateOperator, negateInterval } from "../values/kernel-datetime.ts";
import { numberOperator, unaryOperator } from "../values/kernel-number.ts";
import { likeMatcher } from "../values/like.ts";
import { elementType, isArrayType, type PgType, pgCategory } from "../values/pg-types.ts";
import { asInterval, type Value, writer } from "../values/value.ts";
import type { BuildScope } from "./build.ts";
import { arrayFunction } from "./function.ts";
import { pgOperators } from "./pg-operators.ts";
import { choose } from "./pg-overload.ts";
import { coerce, constant, constantValue, folded, type Typed } from "./typed.ts";

export type Kernel = (a: Value, b: Value) => Value;

const TESTS: Record<string, (order: number) => boolean> = {
  "=": (order) => order === 0,
  "<>": (order) => order !== 0,
  "<": (order) => order < 0,
  ">": (order) => order > 0,
  "<=": (order) => order <= 0,
  ">=": (order) => order >= 0,
};
const LIKES: Record<string, { ignoreCase: boolean; wanted: boolean }> = {
  "~~": { ignoreCase: false, wanted: true },
  "!~~": { ignoreCase: false, wanted: false },
  "~~*": { ignoreCase: true, wanted: true },
  "!~~*": { ignoreCase: true, wanted: false },
};

/** A binary operator with the meaning that Postgres picks for these operands. */
export function binary(name: string, left: Typed, right: Typed, loc: number, scope: BuildScope): Typed {
  const picked = pick(name, [left.type, right.type], loc);
  const [leftType = left.type, rightType = right.type] = picked.args;
  const a = coerce(left, leftType, scope.failures);
  const b = coerce(right, rightType, scope.failures);
  const quick =
    name === "=" ? (textEquality(left, leftType, b) ?? textEquality(right, rightType, a)) : undefined;
  if (quick) return { type: "bool", constant: false, loc, run: quick };
  if (name === "||" && isArrayType(picked.returns))
    return arrayConcatenation(a, b, picked.returns, loc, scope);
  const pattern = name in LIKES ? constantValue(b) : undefined;
  if (typeof pattern === "string") return folded(likeConstant(name, a, pattern, loc), scope.failures);
  return folded(
    strict([a, b], picked.returns, loc, kernel(name, leftType, rightType, picked.returns, loc)),
    scope.failures,
  );
}

export function unary(name: string, arg: Typed, loc: number, scope: BuildScope): Typed {
  const picked = pick(name, [arg.type], loc);
  const type = picked.args[0] ?? arg.type;
  const negated =
    type === "interval" ? (value: Value) => negateInterval(asInterval(value)) : unaryOperator(name, type);
  if (!negated) throw refusedAt(loc, `operator does not exist: ${name} ${type}`);
  return folded(strict([coerce(arg, type, scope.failures)], picked.returns, loc, negated), scope.failures);
}

export function pick(name: string, types: PgType[], loc: number) {
  const picked = choose(pgOperators(name, types.length), types, true);
  if (!picked) throw refusedAt(loc, `operator does not exist: ${types.join(` ${name} `)}`);
  return picked;
}

/** What a binary operator does with two values of these types. */
export function kernel(name: string, left: PgType, right: PgType, returns: PgType, loc: number): Kernel {
  const found = findKernel(name, left, right, returns);
  if (!found) throw refusedAt(loc, `operator does not exist: ${left} ${name} ${right}`);
  return found;
}

function findKernel(name: string, left: PgType, right: PgType, returns: PgType): Kernel | undefined {
  const test = TESTS[name];
  if (test) {
    const compare = comparer(left, right);
    return (a, b) => test(compare(a, b));
  }
  const like = LIKES[name];
  if (like) return (a, b) => likeMatcher(String(b), like.ignoreCase)(String(a)) === like.wanted;
  if (isArrayType(left) && isArrayType(right)) {
    const compare = comparer(elementType(left), elementType(right));
    if (name === "@>") return (a, b) => contains(compare, a, b);
    if (name === "<@") return (a, b) => contains(compare, b, a);
    if (name === "&&") return (a, b) => overlaps(compare, a, b);
  }
  if (name === "||") {
    const [writeLeft, writeRight] = [writer(left), writer(right)];
    return (a, b) => writeLeft(a) + writeRight(b);
  }
  if (pgCategory(left) === "N" && pgCategory(right) === "N") return numberOperator(name, returns);
  return dateOperator(name, left, right);
}

/**
 * A function that gives NULL when an argument is NULL. As in Postgres all arguments are computed first, so that one
 * may fail beside NULL, unless NULL is a constant.
 */
export function strict(
  args: Typed[],
  type: PgType,
  loc: number,
  compute: (...values: Value[]) => Value | null,
): Typed {
  const runs = args.map(({ run }) => run);
  if (args.some((arg) => arg.constant && constantValue(arg) === null)) return constant(type, null, loc);
  const isConstant = args.every((arg) => arg.constant);
  const [first, second] = runs;
  if (runs.length === 2 && first && second) {
    return {
      type,
      constant: isConstant,
      loc,
      run: (frame) => {
        const a = first(frame);
        const b = second(frame);
        return a === null || b === null ? null : compute(a, b);
      },
    };
  }
  return {
    type,
    constant: isConstant,
    loc,
    run: (frame) => {
      const values = runs.map((run) => run(frame));
      const given = values.filter((value) => value !== null);
      return given.length < values.length ? null : compute(...given);
    },
  };
}

/** Types whose equal values have equal text. */
const BY_TEXT: Record<string, string> = {
  ...Object.fromEntries(["int2", "int4", "int8"].map((type) => [type, "integer"])),
  ...Object.fromEntries(["text", "varchar", "name"].map((type) => [type, "text"])),
  uuid: "uuid",
};

/** The text to look for when a column is compared with a constant by its text alone; undefined when it cannot be. */
export function comparedText(column: Typed, as: PgType, other: Typed): string | undefined {
  if (column.column === undefined || BY_TEXT[column.type] === undefined) return undefined;
  if (BY_TEXT[column.type] !== BY_TEXT[as] || BY_TEXT[other.type] !== BY_TEXT[column.type]) return undefined;
  const value = constantValue(other);
  return value === undefined || value === null ? undefined : writer(other.type)(value);
}

/** `column = constant` without reading the column's value. */
function textEquality(column: Typed, as: PgType, other: Typed): Typed["run"] | undefined {
  const wanted = comparedText(column, as, other);
  const name = column.column;
  if (wanted === undefined || name === undefined) return undefined;
  return (frame) => {
    const text = frame.row[name];
    return text === undefined ? column.run(frame) : text === null ? null : text === wanted;
  };
}

function likeConstant(name: string, arg: Typed, pattern: string, loc: number): Typed {
  const { ignoreCase, wanted } = LIKES[name] ?? { ignoreCase: false, wanted: true };
  const matches = likeMatcher(pattern, ignoreCase);
  return strict([arg], "bool", loc, (text) => matches(String(text)) === wanted);
}

function arrayConcatenation(a: Typed, b: Typed, type: PgType, loc: number, scope: BuildScope): Typed {
  const name = !isArrayType(a.type) ? "array_prepend" : isArrayType(b.type) ? "array_cat" : "array_append";
  const run: Typed["run"] = (frame) => arrayFunction(name, a.run(frame), b.run(frame));
  return folded({ type, constant: a.constant && b.constant, loc, run }, scope.failures);
}
