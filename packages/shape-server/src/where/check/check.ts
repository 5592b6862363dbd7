import type { Node } from "@pgsql/types";
import { displayName, namePath } from "../syntax/names.ts";
import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { longNumberType } from "../values/integer.ts";
import { checkArray, checkIndirection } from "./array.ts";
import { checkCall, checkVariadicForm } from "./call.ts";
import { castOpen, checkCast, openAsText } from "./cast.ts";
import { checkExpression } from "./expression.ts";
import { checkSublink } from "./sublink.ts";
import { type CheckScope, callTerm, type Term } from "./term.ts";

/**
 * Checks an expression against the language that Electric accepts. Children are checked before their parent, from left
 * to right, so that of several mistakes the one that Electric finds first is reported.
 * Source: https://github.com/electric-sql/electric/blob/main/packages/sync-service/lib/electric/replication/eval/parser.ex
 * @returns the expression with its type; the types of parameters are added to the scope
 * @throws WhereError in Electric's words
 */
export function check(node: Node, scope: CheckScope): Term {
  if ("A_Const" in node) return checkConstant(node.A_Const);
  if ("ColumnRef" in node) return checkColumn(node.ColumnRef, scope);
  if ("ParamRef" in node) return checkParameter(node.ParamRef, scope);
  if ("A_Expr" in node) return checkExpression(node.A_Expr, scope, check);
  if ("BoolExpr" in node) return checkBoolean(node.BoolExpr, scope);
  if ("TypeCast" in node) return checkCast(node.TypeCast, scope, check);
  if ("FuncCall" in node) return checkCall(node.FuncCall, scope, check);
  if ("CoalesceExpr" in node) return checkVariadicForm("coalesce", node.CoalesceExpr, scope, check);
  if ("MinMaxExpr" in node) {
    const name = node.MinMaxExpr.op === "IS_LEAST" ? "least" : "greatest";
    return checkVariadicForm(name, node.MinMaxExpr, scope, check);
  }
  if ("NullTest" in node && !node.NullTest.argisrow) return checkNullTest(node.NullTest, scope);
  if ("BooleanTest" in node) return checkBooleanTest(node.BooleanTest, scope);
  if ("SubLink" in node) return checkSublink(node.SubLink, scope, check);
  if ("A_ArrayExpr" in node) return checkArray(node.A_ArrayExpr, scope, check);
  if ("A_Indirection" in node) return checkIndirection(node.A_Indirection, scope, check);
  if ("RowExpr" in node) return checkRow(node.RowExpr, scope);
  throw unsupported(node);
}

function unsupported(node: Node) {
  const [kind = "Node", body] = Object.entries(node)[0] ?? [];
  const location = typeof body === "object" && body && "location" in body ? Number(body.location) : 0;
  return refusedAt(location, `${kind} is not supported in this context`);
}

function checkConstant(constant: NodeOf<"A_Const">): Term {
  const location = constant.location ?? 0;
  const known = (type: string, value: string): Term => ({ kind: "const", type, location, value });
  if (constant.isnull) return { kind: "open", type: "unknown", value: null, location };
  if (constant.sval) return { kind: "open", type: "unknown", value: constant.sval.sval ?? "", location };
  if (constant.boolval) return known("bool", String(constant.boolval.boolval ?? false));
  if (constant.ival) return known("int4", String(constant.ival.ival ?? 0));
  if (constant.bsval) throw refusedAt(location, "BitString values are not supported");
  const text = constant.fval?.fval ?? "0";
  return known(longNumberType(text), text);
}

function checkColumn(ref: NodeOf<"ColumnRef">, scope: CheckScope): Term {
  const location = ref.location ?? 0;
  const star = ref.fields?.find((field) => !("String" in field));
  if (star) throw refusedAt(0, `${Object.keys(star)[0]} is not supported in this context`);
  const path = namePath(ref.fields);
  const type = path.length === 1 ? scope.columnTypes.get(path[0] ?? "") : undefined;
  if (type === undefined) throw refusedAt(location, `unknown reference ${displayName(path)}`);
  return { kind: "ref", type, location, name: displayName(path) };
}

function checkParameter({ number = 0, location = 0 }: NodeOf<"ParamRef">, scope: CheckScope): Term {
  const value = Object.hasOwn(scope.params, String(number)) ? scope.params[String(number)] : undefined;
  if (value === undefined) throw refusedAt(location, `parameter $${number} was not provided`);
  const type = scope.paramTypes.get(number);
  return type === undefined
    ? { kind: "open", type: "unknown", value, location, parameter: number }
    : { kind: "const", type, value, location };
}

function checkBoolean({ args = [], boolop, location = 0 }: NodeOf<"BoolExpr">, scope: CheckScope): Term {
  const terms = args.map((arg) => check(arg, scope)).map((term) => castOpen(term, "bool", scope));
  const wrong = terms.find(({ type }) => type !== "bool");
  if (wrong) throw refusedAt(wrong.location, `${describe(wrong)} is not castable to bool`);
  const name = { AND_EXPR: "and", OR_EXPR: "or", NOT_EXPR: "not" }[boolop ?? "AND_EXPR"];
  return callTerm(name, "bool", location);
}

function describe(term: Term): string {
  if (term.kind === "ref") return `reference ${term.name} of type ${term.type}`;
  if (term.kind === "func") return `function ${term.name} returning ${term.type}`;
  return `value of type ${term.type}`;
}

function checkNullTest({ arg, nulltesttype, location = 0 }: NodeOf<"NullTest">, scope: CheckScope): Term {
  if (arg) openAsText(check(arg, scope), scope);
  return callTerm(nulltesttype ?? "IS_NULL", "bool", location);
}

function checkBooleanTest(test: NodeOf<"BooleanTest">, scope: CheckScope): Term {
  const name = test.booltesttype ?? "IS_TRUE";
  const location = test.location ?? 0;
  const arg = test.arg && castOpen(check(test.arg, scope), "bool", scope);
  if (arg?.type !== "bool") {
    throw refusedAt(location, `argument of ${name.replaceAll("_", " ")} must be bool, not ${arg?.type}`);
  }
  return callTerm(name, "bool", location);
}

function checkRow({ args = [], location = 0 }: NodeOf<"RowExpr">, scope: CheckScope): Term {
  const elements = args.map((arg) => check(arg, scope));
  const type = `row of (${elements.map((element) => element.type).join(", ")})`;
  return { kind: "row", type, location, elements };
}
