import type { Node } from "@pgsql/types";
import { names } from "../syntax/identifier.ts";
import { type BuildScope, build } from "./build.ts";
import { comparedText } from "./operator.ts";
import { coerce, type Typed } from "./typed.ts";

/**
 * The `column = constant` tests that all must hold. A router may look such a shape up by the column's text, so
 * only types whose equal values have equal text count.
 */
export function equalitiesOf(node: Node, scope: BuildScope): { column: string; value: string }[] {
  if ("BoolExpr" in node && node.BoolExpr.boolop === "AND_EXPR") {
    return (node.BoolExpr.args ?? []).flatMap((arg) => equalitiesOf(arg, scope));
  }
  if (!("A_Expr" in node)) return [];
  const { kind, name, lexpr, rexpr } = node.A_Expr;
  if (!lexpr || !rexpr || names(name).join() !== "=") return [];
  const list = kind === "AEXPR_IN" && "List" in rexpr ? rexpr.List.items : undefined;
  const other = kind === "AEXPR_OP" ? rexpr : list?.length === 1 ? list[0] : undefined;
  if (!other) return [];
  const sides = [build(lexpr, scope), build(other, scope)] as const;
  const found = equality(sides[0], sides[1]) ?? equality(sides[1], sides[0]);
  return found ? [found] : [];
}

function equality(column: Typed, other: Typed): { column: string; value: string } | undefined {
  if (column.column === undefined || !other.constant) return undefined;
  const literal = other.open === undefined ? other : coerce(other, column.type, []);
  const value = comparedText(column, column.type, literal);
  return value === undefined ? undefined : { column: column.column, value };
}
