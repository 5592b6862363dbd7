import type { Node } from "@pgsql/types";
import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { listOf } from "../values/array.ts";
import { roundDecimal } from "../values/decimal.ts";
import { type SliceRange, slice, stackArrays, subscript } from "../values/kernel-array.ts";
import { commonType, elementType, isArrayType, isFloatType, type PgType } from "../values/pg-types.ts";
import { asArray, asDecimal, type Value } from "../values/value.ts";
import type { Build, BuildScope } from "./scope.ts";
import { coerce, type Frame, folded, type Run, type Typed } from "./typed.ts";

/**
 * `ARRAY[…]`. Arrays inside of the brackets make further dimensions.
 * Source: https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-ARRAY-CONSTRUCTORS
 * @param element the type of the items, if a cast around the array gives one
 * @throws WhereError when the items have no type in common
 */
export function arrayConstructor(
  { elements = [], location = 0 }: NodeOf<"A_ArrayExpr">,
  scope: BuildScope,
  build: Build,
  element?: PgType,
): Typed {
  const parts = elements.map((node) =>
    "A_ArrayExpr" in node ? arrayConstructor(node.A_ArrayExpr, scope, build, element) : build(node, scope),
  );
  const isNested = parts.some((part) => isArrayType(part.type));
  const given = element !== undefined && isNested ? `${element}[]` : element;
  const shared = given ?? commonType(parts.map((part) => part.type));
  if (!shared) throw refusedAt(location, "ARRAY types cannot be matched");
  const runs = parts.map((part) => coerce(part, shared, scope.failures).run);
  const run: Run = isArrayType(shared)
    ? (frame) => stackArrays(runs.map((each) => arrayOrNull(each(frame))))
    : (frame) => listOf(runs.map((each) => each(frame)));
  const type = isArrayType(shared) ? shared : `${shared}[]`;
  return folded({ type, constant: parts.every((part) => part.constant), location, run }, scope.failures);
}

/** One pair of brackets behind an array: a subscript `[to]` or a slice `[from:to]`. */
interface Brackets {
  from: Typed | undefined;
  to: Typed | undefined;
  isSlice: boolean;
}

/**
 * Subscripts and slices, `a[1]` and `a[1:2]`.
 * Source: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-ACCESSING
 */
export function indirection(
  { arg, indirection: parts = [] }: NodeOf<"A_Indirection">,
  scope: BuildScope,
  build: Build,
): Typed {
  if (!arg) throw refusedAt(0, "the subscript has no array");
  const array = build(arg, scope);
  const brackets = parts.map((part): Brackets => {
    if (!("A_Indices" in part)) throw refusedAt(0, "A_Indirection is not supported in this context");
    const { lidx, uidx, is_slice } = part.A_Indices;
    const [from, to] = [lidx && bound(lidx, scope, build), uidx && bound(uidx, scope, build)];
    return { from, to, isSlice: is_slice ?? false };
  });
  const isConstant = ({ from, to }: Brackets) => (from?.constant ?? true) && (to?.constant ?? true);
  const constant = array.constant && brackets.every(isConstant);
  const isSlice = brackets.some((each) => each.isSlice);
  const type = isSlice ? array.type : elementType(array.type);
  const run: Run = (frame) => {
    const value = array.run(frame);
    if (value === null) return null;
    const ranges = rangesOf(brackets, frame);
    if (ranges === null) return null;
    if (isSlice) return slice(asArray(value), ranges);
    return subscript(
      asArray(value),
      ranges.map(({ to }) => to ?? 0),
    );
  };
  return folded({ type, constant, location: array.location, run }, scope.failures);
}

/** The bounds of all brackets; null when one of them is NULL, which makes the result NULL. */
function rangesOf(brackets: Brackets[], frame: Frame): SliceRange[] | null {
  const ranges: SliceRange[] = [];
  for (const each of brackets) {
    const from = each.from ? each.from.run(frame) : null;
    const to = each.to ? each.to.run(frame) : null;
    if ((each.from && from === null) || (each.to && to === null)) return null;
    // Beside a slice, a plain subscript n means 1:n.
    ranges.push({ from: each.isSlice ? numberOrNull(from) : 1, to: numberOrNull(to) });
  }
  return ranges;
}

/** A bound is a whole number. Postgres rounds other numbers. */
function bound(node: Node, scope: BuildScope, build: Build): Typed {
  const typed = build(node, scope);
  if (typed.open !== undefined) return coerce(typed, "int4", scope.failures);
  if (typed.type !== "numeric" && !isFloatType(typed.type)) return typed;
  const { run } = typed;
  return {
    ...typed,
    type: "int8",
    run: (frame) => {
      const value = run(frame);
      if (value === null) return null;
      return typed.type === "numeric" ? roundDecimal(asDecimal(value), 0).digits : Math.round(Number(value));
    },
  };
}

function numberOrNull(value: Value | null): number | null {
  return value === null ? null : Number(value);
}

function arrayOrNull(value: Value | null) {
  return value === null ? null : asArray(value);
}
