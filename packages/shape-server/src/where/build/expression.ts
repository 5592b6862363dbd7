import type { Node } from "@pgsql/types";
import { namePath } from "../syntax/names.ts";
import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { inList } from "./in-list.ts";
import { combined, not } from "./logic.ts";
import { binary, kernel, pickOperator, unary } from "./operator.ts";
import { anyOrAll } from "./quantified.ts";
import type { Build, BuildScope } from "./scope.ts";
import { coerce, folded, type Run, type Typed } from "./typed.ts";

/**
 * An operator, or one of the special forms that the grammar gives as operators: IN, BETWEEN, LIKE, ANY, ALL,
 * IS DISTINCT FROM.
 * @throws WhereError when Postgres has no such operator for the types of the operands
 */
export function expression(expr: NodeOf<"A_Expr">, scope: BuildScope, build: Build): Typed {
  const location = expr.location ?? 0;
  const name = namePath(expr.name).at(-1) ?? "";
  const kind = expr.kind ?? "AEXPR_OP";
  const left = expr.lexpr && build(expr.lexpr, scope);
  const items = () => itemsOf(expr).map((item) => build(item, scope));
  if (kind === "AEXPR_IN" && left) {
    const isIn = inList(left, items(), location, scope);
    return name === "<>" ? not(isIn, scope) : isIn;
  }
  if (kind.includes("BETWEEN") && left) {
    const isBetween = between(left, items(), kind.endsWith("_SYM"), location, scope);
    return kind.includes("NOT") ? not(isBetween, scope) : isBetween;
  }
  if (!expr.rexpr) throw refusedAt(location, `operator ${name} has no operand`);
  const right = build(expr.rexpr, scope);
  if (!left) return unary(name, right, location, scope);
  switch (kind) {
    case "AEXPR_DISTINCT":
      return distinct(left, right, true, location, scope);
    case "AEXPR_NOT_DISTINCT":
      return distinct(left, right, false, location, scope);
    case "AEXPR_OP_ANY":
    case "AEXPR_OP_ALL":
      return anyOrAll(name, left, right, kind === "AEXPR_OP_ANY", location, scope);
    default:
      return binary(name, left, right, location, scope);
  }
}

function itemsOf({ rexpr }: NodeOf<"A_Expr">): Node[] {
  return rexpr && "List" in rexpr ? (rexpr.List.items ?? []) : [];
}

/** `x BETWEEN low AND high`. A symmetric one takes the bounds in either order. */
function between(
  value: Typed,
  [low, high]: Typed[],
  isSymmetric: boolean,
  location: number,
  scope: BuildScope,
): Typed {
  if (!low || !high) throw refusedAt(location, "BETWEEN needs two bounds");
  const within = (from: Typed, to: Typed) => {
    const isAbove = binary(">=", value, from, location, scope);
    const isBelow = binary("<=", value, to, location, scope);
    return combined([isAbove, isBelow], false, location);
  };
  const isWithin = isSymmetric
    ? combined([within(low, high), within(high, low)], true, location)
    : within(low, high);
  return folded(isWithin, scope.failures);
}

/** IS DISTINCT FROM, or IS NOT DISTINCT FROM: a comparison for which NULL equals NULL and nothing else. */
function distinct(left: Typed, right: Typed, wanted: boolean, location: number, scope: BuildScope): Typed {
  const { args } = pickOperator("=", [left.type, right.type], location);
  const [leftType = left.type, rightType = right.type] = args;
  const a = coerce(left, leftType, scope.failures).run;
  const b = coerce(right, rightType, scope.failures).run;
  const isSame = kernel("=", leftType, rightType, "bool", location);
  const run: Run = (frame) => {
    const [x, y] = [a(frame), b(frame)];
    const isDistinct = x === null || y === null ? x !== y : isSame(x, y) !== true;
    return isDistinct === wanted;
  };
  return folded({ type: "bool", constant: left.constant && right.constant, location, run }, scope.failures);
}
