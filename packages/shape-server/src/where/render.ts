import type { Node } from "@pgsql/types";
import { quoteIdentifier } from "../catalog/identifiers.ts";
import { baseName } from "./check/electric-types.ts";
import { namePath } from "./syntax/names.ts";
import type { NodeOf } from "./syntax/node.ts";
import { refusedAt } from "./syntax/where-error.ts";
import { isArrayType } from "./values/pg-types.ts";
import { intervalFields } from "./values/type-modifier.ts";

export interface RenderScope {
  readonly params: Readonly<Record<string, string>>;
  /** The types of the parameters, as far as the check settled them. */
  readonly paramTypes: ReadonlyMap<number, string>;
  /** The SQL of each sub-query, in order of appearance. */
  readonly subqueries: readonly string[];
  /** How many sub-queries are rendered so far. */
  seen: number;
}

/**
 * Writes a checked expression as SQL. The text comes from the syntax tree alone, and nothing of the client's text is
 * copied: identifiers are quoted, literals escaped, operands put in brackets, parameters become typed literals. The
 * same condition always gives the same text, so that the text also identifies the condition.
 * @throws WhereError for a node that no checked expression has
 */
export function render(node: Node, scope: RenderScope): string {
  if ("A_Const" in node) return renderConstant(node.A_Const);
  if ("ColumnRef" in node) return namePath(node.ColumnRef.fields).map(quoteIdentifier).join(".");
  if ("ParamRef" in node) return renderParameter(node.ParamRef.number ?? 0, scope);
  if ("BoolExpr" in node) return renderLogic(node.BoolExpr, scope);
  if ("A_Expr" in node) return renderExpression(node.A_Expr, scope);
  if ("TypeCast" in node) {
    return `(${child(node.TypeCast.arg, scope)})::${renderType(node.TypeCast.typeName)}`;
  }
  if ("FuncCall" in node) return renderCall(node.FuncCall, scope);
  if ("CoalesceExpr" in node) return `COALESCE(${list(node.CoalesceExpr.args, scope)})`;
  if ("MinMaxExpr" in node) {
    const name = node.MinMaxExpr.op === "IS_LEAST" ? "LEAST" : "GREATEST";
    return `${name}(${list(node.MinMaxExpr.args, scope)})`;
  }
  if ("NullTest" in node) {
    const test = node.NullTest.nulltesttype === "IS_NOT_NULL" ? "IS NOT NULL" : "IS NULL";
    return `(${child(node.NullTest.arg, scope)} ${test})`;
  }
  if ("BooleanTest" in node) {
    return `(${child(node.BooleanTest.arg, scope)} ${booleanTest(node.BooleanTest.booltesttype)})`;
  }
  if ("A_ArrayExpr" in node) return `ARRAY[${list(node.A_ArrayExpr.elements, scope)}]`;
  if ("A_Indirection" in node) {
    const brackets = (node.A_Indirection.indirection ?? []).map((part) => renderBrackets(part, scope));
    return `(${child(node.A_Indirection.arg, scope)})${brackets.join("")}`;
  }
  if ("RowExpr" in node) return `ROW(${list(node.RowExpr.args, scope)})`;
  if ("SubLink" in node) {
    return `(${child(node.SubLink.testexpr, scope)} IN (${scope.subqueries[scope.seen++]}))`;
  }
  throw refusedAt(0, `${Object.keys(node)[0]} is not supported in this context`);
}

function child(node: Node | undefined, scope: RenderScope): string {
  if (!node) throw refusedAt(0, "the expression is incomplete");
  return render(node, scope);
}

function list(nodes: Node[] | undefined, scope: RenderScope): string {
  return (nodes ?? []).map((node) => render(node, scope)).join(", ");
}

function renderConstant(value: NodeOf<"A_Const">): string {
  if (value.isnull) return "NULL";
  if (value.sval) return quoteLiteral(value.sval.sval ?? "");
  if (value.boolval) return value.boolval.boolval ? "true" : "false";
  const number = value.ival ? String(value.ival.ival ?? 0) : (value.fval?.fval ?? "");
  if (!/^-?[\d._]*(e[+-]?\d+)?$|^-?0[xob][\da-f_]+$/i.test(number)) {
    throw refusedAt(value.location ?? 0, "the number cannot be read");
  }
  return number.startsWith("-") ? `(${number})` : number;
}

/** A string literal that means the same under every setting of `standard_conforming_strings`. */
function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

function renderParameter(number: number, { params, paramTypes }: RenderScope): string {
  const text = quoteLiteral(params[String(number)] ?? "");
  const type = paramTypes.get(number);
  if (type === undefined) return text;
  return `${text}::${quoteIdentifier(baseName(type))}${isArrayType(type) ? "[]" : ""}`;
}

function renderLogic({ args = [], boolop }: NodeOf<"BoolExpr">, scope: RenderScope): string {
  if (boolop === "NOT_EXPR") return `(NOT ${child(args[0], scope)})`;
  const operands = args.map((arg) => render(arg, scope));
  return `(${operands.join(boolop === "OR_EXPR" ? " OR " : " AND ")})`;
}

function renderCall({ funcname, args, funcformat }: NodeOf<"FuncCall">, scope: RenderScope): string {
  const path = namePath(funcname);
  // `AT TIME ZONE` calls pg_catalog.timezone and keeps that name: to Electric a call of timezone is another condition.
  const name = funcformat === "COERCE_SQL_SYNTAX" ? path : path.slice(-1);
  return `${name.map(quoteIdentifier).join(".")}(${list(args, scope)})`;
}

const operatorName = /^[-+*/<>=~!@#%^&|`?]+$/;

function renderExpression(expr: NodeOf<"A_Expr">, scope: RenderScope): string {
  const name = namePath(expr.name).at(-1) ?? "";
  const left = expr.lexpr ? `${render(expr.lexpr, scope)} ` : "";
  const items = expr.rexpr && "List" in expr.rexpr ? expr.rexpr.List.items : undefined;
  const kind = expr.kind ?? "AEXPR_OP";
  if (kind.includes("BETWEEN")) {
    const [low, high] = items ?? [];
    const words = `${kind.includes("NOT") ? "NOT " : ""}BETWEEN ${kind.endsWith("_SYM") ? "SYMMETRIC " : ""}`;
    return `(${left}${words}${child(low, scope)} AND ${child(high, scope)})`;
  }
  if (!operatorName.test(name)) throw refusedAt(expr.location ?? 0, `unknown operator ${name}`);
  if (kind === "AEXPR_IN") return `(${left}${name === "<>" ? "NOT " : ""}IN (${list(items, scope)}))`;
  const right = child(expr.rexpr, scope);
  switch (kind) {
    case "AEXPR_LIKE":
      return `(${left}${name.startsWith("!") ? "NOT " : ""}LIKE ${right})`;
    case "AEXPR_ILIKE":
      return `(${left}${name.startsWith("!") ? "NOT " : ""}ILIKE ${right})`;
    case "AEXPR_DISTINCT":
      return `(${left}IS DISTINCT FROM ${right})`;
    case "AEXPR_NOT_DISTINCT":
      return `(${left}IS NOT DISTINCT FROM ${right})`;
    case "AEXPR_OP_ANY":
      return `(${left}${name} ANY (${right}))`;
    case "AEXPR_OP_ALL":
      return `(${left}${name} ALL (${right}))`;
    default:
      return `(${left}${name} ${right})`;
  }
}

function booleanTest(kind: string | undefined): string {
  const words = (kind ?? "").replaceAll("_", " ");
  if (!/^IS (NOT )?(TRUE|FALSE|UNKNOWN)$/.test(words)) throw refusedAt(0, "unknown boolean test");
  return words;
}

function renderType(name: NodeOf<"TypeName"> | undefined): string {
  const path = namePath(name?.names);
  const modifiers = (name?.typmods ?? []).map((node) => {
    if (!("A_Const" in node) || !node.A_Const.ival) {
      throw refusedAt(name?.location ?? 0, "unsupported type modifier");
    }
    return node.A_Const.ival.ival ?? 0;
  });
  const brackets = (name?.arrayBounds ?? []).map(() => "[]").join("");
  if (path.at(-1) === "interval" && modifiers.length) {
    return `interval${renderIntervalModifiers(modifiers)}${brackets}`;
  }
  const limits = modifiers.length ? `(${modifiers.join(", ")})` : "";
  return `${path.map(quoteIdentifier).join(".")}${limits}${brackets}`;
}

/** The grammar has no numbers for the fields of an interval, so the bits of the modifier become words again. */
function renderIntervalModifiers([mask = 0, precision]: number[]): string {
  const digits = precision === undefined ? "" : `(${precision})`;
  const fields = Object.entries(intervalFields).flatMap(([field, bit]) => (mask & bit ? [field] : []));
  const isUnlimited = fields.length === Object.keys(intervalFields).length;
  if (isUnlimited) return digits;
  const [first, last] = [fields[0], fields.at(-1)];
  if (!first || !last) throw refusedAt(0, "unsupported type modifier");
  const range = first === last ? first : `${first} TO ${last}`;
  return ` ${range.toUpperCase()}${last === "second" ? digits : ""}`;
}

function renderBrackets(part: Node, scope: RenderScope): string {
  if (!("A_Indices" in part)) throw refusedAt(0, "A_Indirection is not supported in this context");
  const { is_slice, lidx, uidx } = part.A_Indices;
  if (!is_slice) return `[${child(uidx, scope)}]`;
  return `[${lidx ? render(lidx, scope) : ""}:${uidx ? render(uidx, scope) : ""}]`;
}
