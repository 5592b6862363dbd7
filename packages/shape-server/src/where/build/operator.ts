import { refusedAt } from "../syntax/where-error.ts";
import { comparer, contains, overlaps } from "../values/kernel-compare.ts";
import { dateOperator, negateInterval } from "../values/kernel-datetime.ts";
import { numberOperator, unaryOperator } from "../values/kernel-number.ts";
import { likeMatcher } from "../values/like.ts";
import { elementType, isArrayType, isNumberType, type PgType } from "../values/pg-types.ts";
import { asInterval, type Value } from "../values/value.ts";
import { writer } from "../values/write.ts";
import { textEquality } from "./compared-text.ts";
import { arrayCall } from "./function.ts";
import { type PgOperator, pgOperators } from "./pg-operators.ts";
import { chooseOperator } from "./pg-overload.ts";
import type { BuildScope } from "./scope.ts";
import { coerce, constantValue, folded, strict, type Typed } from "./typed.ts";

/** What a binary operator does with two values that are not NULL. Throws ComputeError where Postgres fails. */
export type Kernel = (a: Value, b: Value) => Value;

const comparisons: Record<string, (order: number) => boolean> = {
  "=": (order) => order === 0,
  "<>": (order) => order !== 0,
  "<": (order) => order < 0,
  ">": (order) => order > 0,
  "<=": (order) => order <= 0,
  ">=": (order) => order >= 0,
};
const likeOperators: Record<string, { ignoreCase: boolean; wanted: boolean }> = {
  "~~": { ignoreCase: false, wanted: true },
  "!~~": { ignoreCase: false, wanted: false },
  "~~*": { ignoreCase: true, wanted: true },
  "!~~*": { ignoreCase: true, wanted: false },
};

/**
 * A binary operator, in the meaning that Postgres picks for the types of the operands.
 * @throws WhereError when Postgres has no such operator for the types
 */
export function binary(name: string, left: Typed, right: Typed, location: number, scope: BuildScope): Typed {
  const { args, returns } = pickOperator(name, [left.type, right.type], location);
  const [leftType = left.type, rightType = right.type] = args;
  const a = coerce(left, leftType, scope.failures);
  const b = coerce(right, rightType, scope.failures);
  if (name === "=") {
    const run = textEquality(left, leftType, b) ?? textEquality(right, rightType, a);
    if (run) return { type: "bool", constant: false, location, run };
  }
  if (name === "||" && isArrayType(returns)) {
    return folded(arrayCall(concatenationOf(a, b), a, b, returns, location), scope.failures);
  }
  const like = likeOperators[name];
  const pattern = like ? constantValue(b) : undefined;
  if (like && typeof pattern === "string") {
    // A constant pattern is compiled once.
    const matches = likeMatcher(pattern, like.ignoreCase);
    const isLike = strict([a], "bool", location, (text) => matches(String(text)) === like.wanted);
    return folded(isLike, scope.failures);
  }
  const compute = kernel(name, leftType, rightType, returns, location);
  return folded(strict([a, b], returns, location, compute), scope.failures);
}

/** The function that `||` stands for, when one operand is an array. */
function concatenationOf(a: Typed, b: Typed): string {
  if (!isArrayType(a.type)) return "array_prepend";
  return isArrayType(b.type) ? "array_cat" : "array_append";
}

/**
 * A unary operator, in the meaning that Postgres picks for the type of the operand.
 * @throws WhereError when Postgres has no such operator for the type
 */
export function unary(name: string, arg: Typed, location: number, scope: BuildScope): Typed {
  const picked = pickOperator(name, [arg.type], location);
  const type = picked.args[0] ?? arg.type;
  const compute =
    type === "interval" ? (value: Value) => negateInterval(asInterval(value)) : unaryOperator(name, type);
  if (!compute) throw refusedAt(location, `operator does not exist: ${name} ${type}`);
  const cast = coerce(arg, type, scope.failures);
  return folded(strict([cast], picked.returns, location, compute), scope.failures);
}

/**
 * Postgres' choice among the operators of a name.
 * @throws WhereError when none fits, or more than one
 */
export function pickOperator(name: string, types: PgType[], location: number): PgOperator {
  const picked = chooseOperator(pgOperators(name, types.length), types);
  if (!picked) throw refusedAt(location, `operator does not exist: ${types.join(` ${name} `)}`);
  return picked;
}

/**
 * The computation behind a binary operator.
 * @param left the type of the first value, exactly as the operator takes it
 * @throws WhereError when the operator does not exist
 */
export function kernel(name: string, left: PgType, right: PgType, returns: PgType, location: number): Kernel {
  const found = findKernel(name, left, right, returns);
  if (!found) throw refusedAt(location, `operator does not exist: ${left} ${name} ${right}`);
  return found;
}

function findKernel(name: string, left: PgType, right: PgType, returns: PgType): Kernel | undefined {
  const comparison = comparisons[name];
  if (comparison) {
    const compare = comparer(left, right);
    return (a, b) => comparison(compare(a, b));
  }
  const like = likeOperators[name];
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
  if (isNumberType(left) && isNumberType(right)) return numberOperator(name, returns);
  return dateOperator(name, left, right);
}
