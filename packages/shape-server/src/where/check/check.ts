import type { Node } from "@pgsql/types";
import { identifier, names } from "../syntax/identifier.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { checkArray, checkIndirection, type Term } from "./array.ts";
import { castOpen, checkCast, coerceArguments, openAsText } from "./cast.ts";
import { fits } from "./electric-literal.ts";
import { functionOverloads } from "./electric-operators.ts";
import { pickOverload } from "./electric-overload.ts";
import { type ElectricType, isCastable } from "./electric-types.ts";
import { checkExpression } from "./expression.ts";

/** What a check needs to know, and the types of parameters that it finds out. */
export interface CheckScope {
  refs: ReadonlyMap<string, ElectricType>;
  params: Readonly<Record<string, string>>;
  /** The type of each parameter from its first use on. */
  resolved: Map<number, ElectricType>;
  /** The type of the rows of each `IN (SELECT …)`, in order of appearance. */
  sublinks: ElectricType[];
  seenSublinks: number;
  allowEnums: boolean;
}

/**
 * Checks an expression against Electric's language and gives its type. Throws WhereError in Electric's words for
 * what Electric refuses. Children are visited before their parent, left to right: the first mistake is the one told.
 */
export function check(node: Node, scope: CheckScope): Term {
  if ("A_Const" in node) return checkConstant(node.A_Const);
  if ("ColumnRef" in node) return checkColumn(node.ColumnRef, scope);
  if ("A_Expr" in node) return checkExpression(node.A_Expr, scope, check);
  if ("BoolExpr" in node) return checkBoolean(node.BoolExpr, scope);
  if ("ParamRef" in node) return checkParameter(node.ParamRef, scope);
  if ("TypeCast" in node) {
    const { arg, typeName } = node.TypeCast;
    if (!arg || !typeName) throw refusedAt(0, "TypeCast is not supported in this context");
    const term = check(arg, scope);
    return checkCast(term, checkTypeName(names(typeName.names), typeName), scope);
  }
  if ("FuncCall" in node) return checkCall(node.FuncCall, scope);
  if ("CoalesceExpr" in node) {
    return checkFunction("coalesce", node.CoalesceExpr.args ?? [], node.CoalesceExpr.location ?? 0, scope);
  }
  if ("MinMaxExpr" in node) {
    const { op, args, location } = node.MinMaxExpr;
    return checkFunction(op === "IS_LEAST" ? "least" : "greatest", args ?? [], location ?? 0, scope);
  }
  if ("NullTest" in node && !node.NullTest.argisrow) {
    const { arg, nulltesttype, location } = node.NullTest;
    if (arg) openAsText(check(arg, scope), scope);
    return { kind: "func", type: "bool", loc: location ?? 0, name: nulltesttype ?? "IS_NULL" };
  }
  if ("BooleanTest" in node) return checkBooleanTest(node.BooleanTest, scope);
  if ("SubLink" in node) return checkSublink(node.SubLink, scope);
  if ("A_ArrayExpr" in node) {
    const elements = (node.A_ArrayExpr.elements ?? []).map((element) => check(element, scope));
    return checkArray(elements, node.A_ArrayExpr.location ?? 0, scope);
  }
  if ("A_Indirection" in node) return checkIndirection(node.A_Indirection, scope, check);
  if ("RowExpr" in node) {
    const elements = (node.RowExpr.args ?? []).map((arg) => check(arg, scope));
    const type = `row of (${elements.map((element) => element.type).join(", ")})`;
    return { kind: "row", type, loc: node.RowExpr.location ?? 0, elements };
  }
  const [kind = "Node", body] = Object.entries(node)[0] ?? [];
  const location = typeof body === "object" && body && "location" in body ? Number(body.location) : 0;
  throw refusedAt(location, `${kind} is not supported in this context`);
}

type NodeOf<K extends string> = Extract<Node, Record<K, unknown>>[K &
  keyof Extract<Node, Record<K, unknown>>];

function checkConstant(constant: NodeOf<"A_Const">): Term {
  const loc = constant.location ?? 0;
  if (constant.isnull) return { kind: "open", type: "unknown", value: null, loc };
  if (constant.sval) return { kind: "open", type: "unknown", value: constant.sval.sval ?? "", loc };
  if (constant.boolval)
    return { kind: "const", type: "bool", loc, value: String(constant.boolval.boolval ?? false) };
  if (constant.ival) return { kind: "const", type: "int4", loc, value: String(constant.ival.ival ?? 0) };
  if (constant.bsval) throw refusedAt(loc, "BitString values are not supported");
  const text = constant.fval?.fval ?? "0";
  const whole = /^-?\d+$/.test(text) && fits(BigInt(text), 63n);
  return { kind: "const", type: whole ? "int8" : "numeric", loc, value: text };
}

function checkColumn(ref: NodeOf<"ColumnRef">, scope: CheckScope): Term {
  const loc = ref.location ?? 0;
  const star = ref.fields?.find((field) => !("String" in field));
  if (star) throw refusedAt(0, `${Object.keys(star)[0]} is not supported in this context`);
  const path = names(ref.fields);
  const type = path.length === 1 ? scope.refs.get(path[0] ?? "") : undefined;
  if (type === undefined) throw refusedAt(loc, `unknown reference ${identifier(path)}`);
  return { kind: "ref", type, loc, name: identifier(path) };
}

function checkParameter(ref: NodeOf<"ParamRef">, scope: CheckScope): Term {
  const number = ref.number ?? 0;
  const loc = ref.location ?? 0;
  const value = Object.hasOwn(scope.params, String(number)) ? scope.params[String(number)] : undefined;
  if (value === undefined) throw refusedAt(loc, `parameter $${number} was not provided`);
  const type = scope.resolved.get(number);
  return type === undefined
    ? { kind: "open", type: "unknown", value, loc, param: number }
    : { kind: "const", type, value, loc };
}

function checkBoolean(expr: NodeOf<"BoolExpr">, scope: CheckScope): Term {
  const terms = (expr.args ?? []).map((arg) => check(arg, scope)).map((arg) => castOpen(arg, "bool", scope));
  const wrong = terms.find(({ type }) => type !== "bool");
  if (wrong) throw refusedAt(wrong.loc, `${describe(wrong)} is not castable to bool`);
  const name = { AND_EXPR: "and", OR_EXPR: "or", NOT_EXPR: "not" }[expr.boolop ?? "AND_EXPR"];
  return { kind: "func", type: "bool", loc: expr.location ?? 0, name };
}

function describe(term: Term): string {
  if (term.kind === "ref") return `reference ${term.name} of type ${term.type}`;
  if (term.kind === "func") return `function ${term.name} returning ${term.type}`;
  return `value of type ${term.type}`;
}

function checkBooleanTest(test: NodeOf<"BooleanTest">, scope: CheckScope): Term {
  const name = test.booltesttype ?? "IS_TRUE";
  const loc = test.location ?? 0;
  const arg = test.arg && castOpen(check(test.arg, scope), "bool", scope);
  if (arg?.type !== "bool") {
    throw refusedAt(loc, `argument of ${name.replaceAll("_", " ")} must be bool, not ${arg?.type}`);
  }
  return { kind: "func", type: "bool", loc, name };
}

function checkCall(call: NodeOf<"FuncCall">, scope: CheckScope): Term {
  const loc = call.location ?? 0;
  const args = (call.args ?? []).map((arg) => check(arg, scope));
  const aggregate = call.agg_order?.length || call.agg_filter || call.over || call.agg_within_group;
  if (aggregate || call.agg_star || call.agg_distinct) {
    throw refusedAt(loc, "aggregation is not supported in this context");
  }
  if (call.func_variadic)
    throw refusedAt(loc, "explicit VARIADIC function calls are not currently supported");
  return resolveFunction(identifier(names(call.funcname)), args, loc, scope);
}

function checkFunction(name: string, args: Node[], loc: number, scope: CheckScope): Term {
  return resolveFunction(
    name,
    args.map((arg) => check(arg, scope)),
    loc,
    scope,
  );
}

function resolveFunction(name: string, args: Term[], loc: number, scope: CheckScope): Term {
  const choices = functionOverloads(name, args.length);
  if (!choices) throw refusedAt(loc, `unknown or unsupported function ${name}/${args.length}`);
  const picked = pickOverload(
    choices,
    args.map((arg) => (arg.kind === "open" ? null : arg.type)),
  );
  if (!picked) {
    const types = args.map(({ type }) => type).join(", ");
    throw refusedAt(loc, `Could not select a function overload for ${name}(${types})`);
  }
  coerceArguments(args, picked.args, scope);
  return { kind: "func", type: picked.returns, loc: 0, name };
}

function checkTypeName(
  path: string[],
  typeName: { arrayBounds?: unknown[]; location?: number },
): ElectricType {
  const name =
    path.length === 2 && path[0] === "pg_catalog" ? path[1] : path.length === 1 ? path[0] : undefined;
  if (name === undefined || !isCastable(name)) {
    throw refusedAt(typeName.location ?? 0, `unsupported type ${identifier(path)}`);
  }
  return typeName.arrayBounds?.length ? `${name}[]` : name;
}

function checkSublink(link: NodeOf<"SubLink">, scope: CheckScope): Term {
  const loc = link.location ?? 0;
  const test = link.testexpr && check(link.testexpr, scope);
  if (link.subLinkType !== "ANY_SUBLINK" || link.operName?.length || !test) {
    throw refusedAt(loc, "only `value IN (SELECT ...)` sublinks are supported right now");
  }
  const columns = test.kind === "row" ? (test.elements ?? []) : [test];
  if (columns.some(({ kind }) => kind !== "ref")) {
    const rule = "can only be a column reference or a list of column references";
    throw refusedAt(loc, `currently, left side of \`IN (SELECT ...)\` ${rule}`);
  }
  const returned = scope.sublinks[scope.seenSublinks++] ?? "unknown";
  if (test.type !== returned) {
    const told = `left side of \`IN (SELECT ...)\` has type ${test.type} but subquery returns ${returned}[]`;
    throw refusedAt(loc, told);
  }
  return { kind: "func", type: "bool", loc, name: "sublink_membership_check" };
}

/** Electric's name of a column's type. Of the elements of an array it does not know whether they are of an enum. */
export function columnType(column: {
  typeName: string;
  elementTypeName?: string;
  enumLabels?: string[];
}): ElectricType {
  if (column.elementTypeName) return `${column.elementTypeName}[]`;
  return column.enumLabels ? `enum ${column.typeName}` : column.typeName;
}
