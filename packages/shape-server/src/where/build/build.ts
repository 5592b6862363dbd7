import type { Node } from "@pgsql/types";
import { namePath } from "../syntax/names.ts";
import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { longNumberType } from "../values/integer.ts";
import { arrayConstructor, indirection } from "./array.ts";
import { typeCast } from "./cast.ts";
import { coalesce, extreme } from "./choice.ts";
import { column, membership } from "./column.ts";
import { expression } from "./expression.ts";
import { functionCall } from "./function.ts";
import { booleanTest, logic, nullTest } from "./logic.ts";
import type { BuildScope } from "./scope.ts";
import { coerce, constant, openLiteral, type Typed } from "./typed.ts";

/**
 * Compiles a checked expression to a function that computes the expression with Postgres' meaning. The types are
 * resolved anew by Postgres' rules, because the types of the check differ in places, for example for the division of
 * numerics.
 * @returns the compiled expression; used columns, sub-queries and failures of constant parts are added to the scope
 * @throws WhereError for what Postgres would refuse
 */
export function build(node: Node, scope: BuildScope): Typed {
  if ("A_Const" in node) return literal(node.A_Const);
  if ("ColumnRef" in node) {
    return column(namePath(node.ColumnRef.fields)[0] ?? "", node.ColumnRef.location ?? 0, scope);
  }
  if ("ParamRef" in node) return parameter(node.ParamRef, scope);
  if ("A_Expr" in node) return expression(node.A_Expr, scope, build);
  if ("BoolExpr" in node) return logic(node.BoolExpr, scope, build);
  if ("TypeCast" in node) return typeCast(node.TypeCast, scope, build);
  if ("FuncCall" in node) return functionCall(node.FuncCall, scope, build);
  if ("CoalesceExpr" in node) return coalesce(node.CoalesceExpr, scope, build);
  if ("MinMaxExpr" in node) return extreme(node.MinMaxExpr, scope, build);
  if ("NullTest" in node) return nullTest(node.NullTest, scope, build);
  if ("BooleanTest" in node) return booleanTest(node.BooleanTest, scope, build);
  if ("SubLink" in node) return membership(node.SubLink, scope);
  if ("A_ArrayExpr" in node) return arrayConstructor(node.A_ArrayExpr, scope, build);
  if ("A_Indirection" in node) return indirection(node.A_Indirection, scope, build);
  throw refusedAt(0, `${Object.keys(node)[0]} is not supported in this context`);
}

function literal(value: NodeOf<"A_Const">): Typed {
  const location = value.location ?? 0;
  if (value.isnull) return openLiteral(null, location);
  if (value.sval) return openLiteral(value.sval.sval ?? "", location);
  if (value.boolval) return constant("bool", value.boolval.boolval ?? false, location);
  if (value.ival) return constant("int4", value.ival.ival ?? 0, location);
  const text = value.fval?.fval ?? "0";
  return coerce(openLiteral(text, location), longNumberType(text), []);
}

function parameter({ number = 0, location = 0 }: NodeOf<"ParamRef">, scope: BuildScope): Typed {
  const open = openLiteral(scope.params[String(number)] ?? null, location);
  const type = scope.paramTypes.get(number);
  return type === undefined ? open : coerce(open, type, scope.failures);
}
