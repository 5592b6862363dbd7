import type { Node } from "@pgsql/types";
import { refusedAt } from "../syntax/where-error.ts";
import { listOf } from "../values/array.ts";
import { roundDecimal } from "../values/decimal.ts";
import { slice, stackArrays, subscript } from "../values/kernel-array.ts";
import { commonType, elementType, isArrayType, type PgType } from "../values/pg-types.ts";
import { asArray, asDecimal, type Value } from "../values/value.ts";
import { type BuildScope, build } from "./build.ts";
import { coerce, folded, type Run, type Typed } from "./typed.ts";

/**
 * `ARRAY[…]`; inner arrays make further dimensions.
 * @param element the type of the items when a cast around it tells it
 */
export function arrayConstructor(nodes: Node[], loc: number, scope: BuildScope, element?: PgType): Typed {
  const parts = nodes.map((node) =>
    "A_ArrayExpr" in node
      ? arrayConstructor(node.A_ArrayExpr.elements ?? [], node.A_ArrayExpr.location ?? 0, scope, element)
      : build(node, scope),
  );
  const nested = parts.some((part) => isArrayType(part.type));
  const told = element === undefined ? undefined : nested ? `${element}[]` : element;
  const shared = told ?? commonType(parts.map((part) => part.type));
  if (!shared) throw refusedAt(loc, "ARRAY types cannot be matched");
  const runs = parts.map((part) => coerce(part, shared, scope.failures).run);
  const run: Run = isArrayType(shared)
    ? (frame) => stackArrays(runs.map((each) => arrayOrNull(each(frame))))
    : (frame) => listOf(runs.map((each) => each(frame)));
  const type = isArrayType(shared) ? shared : `${shared}[]`;
  return folded({ type, constant: parts.every((part) => part.constant), loc, run }, scope.failures);
}

type Indirection = Extract<Node, { A_Indirection: unknown }>["A_Indirection"];

export function indirection({ arg, indirection: parts }: Indirection, scope: BuildScope): Typed {
  if (!arg) throw refusedAt(0, "the subscript has no array");
  const array = build(arg, scope);
  const bounds = (parts ?? []).map((part) => {
    if (!("A_Indices" in part)) throw refusedAt(0, "A_Indirection is not supported in this context");
    const { lidx, uidx, is_slice } = part.A_Indices;
    return { from: lidx && bound(lidx, scope), to: uidx && bound(uidx, scope), isSlice: is_slice ?? false };
  });
  const constant =
    array.constant && bounds.every(({ from, to }) => (from?.constant ?? true) && (to?.constant ?? true));
  const isSlice = bounds.some((range) => range.isSlice);
  const type = isSlice ? array.type : elementType(array.type);
  const run: Run = (frame) => {
    const value = array.run(frame);
    if (value === null) return null;
    const ranges: { from: number | null; to: number | null }[] = [];
    for (const range of bounds) {
      const from = range.from ? range.from.run(frame) : null;
      const to = range.to ? range.to.run(frame) : null;
      if ((range.from && from === null) || (range.to && to === null)) return null;
      // Beside a slice, a plain subscript n means 1:n.
      ranges.push({ from: range.isSlice ? numberOrNull(from) : 1, to: numberOrNull(to) });
    }
    if (isSlice) return slice(asArray(value), ranges);
    return subscript(
      asArray(value),
      ranges.map(({ to }) => to ?? 0),
    );
  };
  return folded({ type, constant, loc: array.loc, run }, scope.failures);
}

/** A subscript is a whole number; Postgres rounds others. */
function bound(node: Node, scope: BuildScope): Typed {
  const typed = build(node, scope);
  if (typed.open !== undefined) return coerce(typed, "int4", scope.failures);
  if (typed.type !== "numeric" && !typed.type.startsWith("float")) return typed;
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
