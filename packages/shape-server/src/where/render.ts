import type { Node } from "@pgsql/types";
import { baseName, isArray, isEnum } from "./check/electric-types.ts";
import { names, quoteIdentifier, quoteLiteral } from "./syntax/identifier.ts";
import { refusedAt } from "./syntax/where-error.ts";

export interface RenderScope {
  params: Readonly<Record<string, string>>;
  paramTypes: ReadonlyMap<number, string>;
  /** The SQL of each sub-query, in order of appearance. */
  subqueries: string[];
  seen: number;
}

/**
 * Writes a checked expression as SQL again, from its syntax tree alone: nothing of the client's text is copied.
 * Identifiers are quoted, literals escaped, operands bracketed, parameters become typed literals. One condition
 * always gives one text, so the text is the condition's identity too.
 */
export function render(node: Node, scope: RenderScope): string {
  const sub = (child: Node | undefined): string => {
    if (!child) throw refusedAt(0, "the expression is incomplete");
    return render(child, scope);
  };
  const list = (children: Node[] | undefined) => (children ?? []).map(sub).join(", ");

  if ("A_Const" in node) return constant(node.A_Const);
  if ("ColumnRef" in node) return names(node.ColumnRef.fields).map(quoteIdentifier).join(".");
  if ("ParamRef" in node) return parameter(node.ParamRef.number ?? 0, scope);
  if ("BoolExpr" in node) {
    const { args, boolop } = node.BoolExpr;
    if (boolop === "NOT_EXPR") return `(NOT ${sub(args?.[0])})`;
    return `(${(args ?? []).map(sub).join(boolop === "OR_EXPR" ? " OR " : " AND ")})`;
  }
  if ("A_Expr" in node) return expression(node.A_Expr, sub, list);
  if ("TypeCast" in node) {
    const { arg, typeName } = node.TypeCast;
    return `(${sub(arg)})::${type(typeName)}`;
  }
  if ("FuncCall" in node) {
    const { funcname, args, funcformat } = node.FuncCall;
    const path = names(funcname);
    // `AT TIME ZONE` and a call of timezone() are told apart, as they are two conditions to Electric.
    const name = funcformat === "COERCE_SQL_SYNTAX" ? path : path.slice(-1);
    return `${name.map(quoteIdentifier).join(".")}(${list(args)})`;
  }
  if ("CoalesceExpr" in node) return `COALESCE(${list(node.CoalesceExpr.args)})`;
  if ("MinMaxExpr" in node) {
    return `${node.MinMaxExpr.op === "IS_LEAST" ? "LEAST" : "GREATEST"}(${list(node.MinMaxExpr.args)})`;
  }
  if ("NullTest" in node) {
    return `(${sub(node.NullTest.arg)} IS ${node.NullTest.nulltesttype === "IS_NOT_NULL" ? "NOT " : ""}NULL)`;
  }
  if ("BooleanTest" in node) {
    return `(${sub(node.BooleanTest.arg)} ${booleanTest(node.BooleanTest.booltesttype)})`;
  }
  if ("A_ArrayExpr" in node) return `ARRAY[${list(node.A_ArrayExpr.elements)}]`;
  if ("A_Indirection" in node) {
    const subscripts = (node.A_Indirection.indirection ?? []).map((part) => subscript(part, sub));
    return `(${sub(node.A_Indirection.arg)})${subscripts.join("")}`;
  }
  if ("RowExpr" in node) return `ROW(${list(node.RowExpr.args)})`;
  if ("SubLink" in node) return `(${sub(node.SubLink.testexpr)} IN (${scope.subqueries[scope.seen++]}))`;
  throw refusedAt(0, `${Object.keys(node)[0]} is not supported in this context`);
}

type NodeOf<K extends string> = Extract<Node, Record<K, unknown>>[K &
  keyof Extract<Node, Record<K, unknown>>];

function constant(value: NodeOf<"A_Const">): string {
  if (value.isnull) return "NULL";
  if (value.sval) return quoteLiteral(value.sval.sval ?? "");
  if (value.boolval) return value.boolval.boolval ? "true" : "false";
  const number = value.ival ? String(value.ival.ival ?? 0) : (value.fval?.fval ?? "");
  if (!/^-?[\d._]*(e[+-]?\d+)?$|^-?0[xob][\da-f_]+$/i.test(number)) {
    throw refusedAt(value.location ?? 0, "the number cannot be read");
  }
  return number.startsWith("-") ? `(${number})` : number;
}

function parameter(number: number, { params, paramTypes }: RenderScope): string {
  const text = quoteLiteral(params[String(number)] ?? "");
  const type = paramTypes.get(number);
  // An enum's type is left to Postgres, which sees what it is compared with.
  if (type === undefined || type === "unknown" || isEnum(type)) return text;
  return `${text}::${quoteIdentifier(baseName(type))}${isArray(type) ? "[]" : ""}`;
}

const OPERATOR = /^[-+*/<>=~!@#%^&|`?]+$/;

function expression(
  expr: NodeOf<"A_Expr">,
  sub: (node: Node | undefined) => string,
  list: (nodes: Node[] | undefined) => string,
): string {
  const name = names(expr.name).at(-1) ?? "";
  const left = expr.lexpr ? `${sub(expr.lexpr)} ` : "";
  const items = expr.rexpr && "List" in expr.rexpr ? expr.rexpr.List.items : undefined;
  const kind = expr.kind ?? "AEXPR_OP";
  if (kind.includes("BETWEEN")) {
    const [low, high] = items ?? [];
    const words = `${kind.includes("NOT") ? "NOT " : ""}BETWEEN ${kind.endsWith("_SYM") ? "SYMMETRIC " : ""}`;
    return `(${left}${words}${sub(low)} AND ${sub(high)})`;
  }
  if (!OPERATOR.test(name)) throw refusedAt(expr.location ?? 0, `unknown operator ${name}`);
  switch (kind) {
    case "AEXPR_IN":
      return `(${left}${name === "<>" ? "NOT " : ""}IN (${list(items)}))`;
    case "AEXPR_LIKE":
      return `(${left}${name.startsWith("!") ? "NOT " : ""}LIKE ${sub(expr.rexpr)})`;
    case "AEXPR_ILIKE":
      return `(${left}${name.startsWith("!") ? "NOT " : ""}ILIKE ${sub(expr.rexpr)})`;
    case "AEXPR_DISTINCT":
      return `(${left}IS DISTINCT FROM ${sub(expr.rexpr)})`;
    case "AEXPR_NOT_DISTINCT":
      return `(${left}IS NOT DISTINCT FROM ${sub(expr.rexpr)})`;
    case "AEXPR_OP_ANY":
      return `(${left}${name} ANY (${sub(expr.rexpr)}))`;
    case "AEXPR_OP_ALL":
      return `(${left}${name} ALL (${sub(expr.rexpr)}))`;
    default:
      return `(${left}${name} ${sub(expr.rexpr)})`;
  }
}

function booleanTest(kind: string | undefined): string {
  const word = (kind ?? "").replaceAll("_", " ");
  if (!/^IS (NOT )?(TRUE|FALSE|UNKNOWN)$/.test(word)) throw refusedAt(0, "unknown boolean test");
  return word;
}

function type(name: NodeOf<"TypeName"> | undefined): string {
  const path = names(name?.names);
  const modifiers = (name?.typmods ?? []).map((node) => {
    if (!("A_Const" in node) || !node.A_Const.ival)
      throw refusedAt(name?.location ?? 0, "unsupported type modifier");
    return node.A_Const.ival.ival ?? 0;
  });
  const brackets = (name?.arrayBounds ?? []).map(() => "[]").join("");
  if (path.at(-1) === "interval" && modifiers.length)
    return `interval${intervalFields(modifiers)}${brackets}`;
  return `${path.map(quoteIdentifier).join(".")}${modifiers.length ? `(${modifiers.join(", ")})` : ""}${brackets}`;
}

const FIELDS = ["MONTH", "YEAR", "DAY", "HOUR", "MINUTE", "SECOND"] as const;
const BITS = { MONTH: 1, YEAR: 2, DAY: 3, HOUR: 10, MINUTE: 11, SECOND: 12 };

/** Fields of an interval are bits of its modifier; the grammar has words for them only. */
function intervalFields([mask = 0, precision]: number[]): string {
  const digits = precision === undefined ? "" : `(${precision})`;
  const named = FIELDS.filter((field) => mask & (1 << BITS[field]));
  if (named.length === FIELDS.length || mask === 0x7fff) return digits;
  const order = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"] as const;
  const sorted = order.filter((field) => named.includes(field));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last) throw refusedAt(0, "unsupported type modifier");
  return ` ${first === last ? first : `${first} TO ${last}`}${last === "SECOND" ? digits : ""}`;
}

function subscript(part: Node, sub: (node: Node | undefined) => string): string {
  if (!("A_Indices" in part)) throw refusedAt(0, "A_Indirection is not supported in this context");
  const { is_slice, lidx, uidx } = part.A_Indices;
  if (!is_slice) return `[${sub(uidx)}]`;
  return `[${lidx ? sub(lidx) : ""}:${uidx ? sub(uidx) : ""}]`;
}
