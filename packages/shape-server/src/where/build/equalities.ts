import type { Node } from "@pgsql/types";
import type { Equality } from "../syntax/condition.ts";
import { namePath } from "../syntax/names.ts";
import { build } from "./build.ts";
import { comparedText } from "./compared-text.ts";
import type { BuildScope } from "./scope.ts";
import { coerce, type Typed } from "./typed.ts";

/**
 * The tests `column = constant` that must hold wherever a condition does. A router can find the shapes of a row by the
 * text of such a column, so only types count whose equal values have equal text.
 * @param scope a scope of its own: parts of the condition are compiled again
 */
export function equalitiesOf(node: Node, scope: BuildScope): Equality[] {
  if ("BoolExpr" in node && node.BoolExpr.boolop === "AND_EXPR") {
    return (node.BoolExpr.args ?? []).flatMap((arg) => equalitiesOf(arg, scope));
  }
  const sides = comparedSides(node);
  if (!sides) return [];
  const [left, right] = [build(sides.left, scope), build(sides.right, scope)];
  const found = equalityOf(left, right) ?? equalityOf(right, left);
  return found ? [found] : [];
}

/** The sides of `x = y` and of `x IN (y)`. */
function comparedSides(node: Node): { left: Node; right: Node } | undefined {
  if (!("A_Expr" in node)) return undefined;
  const { kind, name, lexpr: left, rexpr } = node.A_Expr;
  if (!left || !rexpr || namePath(name).join() !== "=") return undefined;
  const list = kind === "AEXPR_IN" && "List" in rexpr ? rexpr.List.items : undefined;
  const right = kind === "AEXPR_OP" ? rexpr : list?.length === 1 ? list[0] : undefined;
  return right && { left, right };
}

function equalityOf(column: Typed, other: Typed): Equality | undefined {
  if (column.column === undefined || !other.constant) return undefined;
  const literal = other.open === undefined ? other : coerce(other, column.type, []);
  const value = comparedText(column, column.type, literal);
  return value === undefined ? undefined : { column: column.column, value };
}
