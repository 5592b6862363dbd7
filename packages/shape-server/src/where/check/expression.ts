import { quoteIdentifier } from "../../catalog/identifiers.ts";
import { displayName, namePath } from "../syntax/names.ts";
import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { elementType, isArrayType } from "../values/pg-types.ts";
import { coerceArguments } from "./cast.ts";
import { operatorOverloads } from "./electric-operators.ts";
import { type Overload, pickOverload } from "./electric-overload.ts";
import { type Check, type CheckScope, callTerm, knownTypes, type Term } from "./term.ts";

// Operators go by their quoted names here, as Electric writes them in messages.
const equal = quoteIdentifier("=");
const unequal = quoteIdentifier("<>");
const atMost = quoteIdentifier("<=");

/**
 * An operator, or one of the special forms that the grammar gives as operators: IN, BETWEEN, LIKE, ANY, ALL,
 * IS DISTINCT FROM.
 * @throws WhereError when Electric knows no such operator for the types of the operands
 */
export function checkExpression(expr: NodeOf<"A_Expr">, scope: CheckScope, check: Check): Term {
  const location = expr.location ?? 0;
  const name = displayName(namePath(expr.name));
  const left = expr.lexpr && check(expr.lexpr, scope);
  const items = expr.rexpr && "List" in expr.rexpr ? (expr.rexpr.List.items ?? []) : undefined;
  const list = items?.map((item) => check(item, scope));
  const right = !list && expr.rexpr ? check(expr.rexpr, scope) : undefined;

  switch (expr.kind) {
    case "AEXPR_OP":
    case "AEXPR_LIKE":
    case "AEXPR_ILIKE":
      if (right) return checkOperator(name, left ? [left, right] : [right], location, scope);
      break;
    case "AEXPR_DISTINCT":
    case "AEXPR_NOT_DISTINCT":
      if (left && right) {
        checkOperator(unequal, [left, right], location, scope);
        const isDistinct = expr.kind === "AEXPR_DISTINCT";
        return callTerm(isDistinct ? "values_distinct?" : "values_not_distinct?", "bool", 0);
      }
      break;
    case "AEXPR_IN":
      if (left && list) {
        for (const item of list) checkOperator(equal, [left, item], location, scope);
        return callTerm(name === unequal ? "not" : "or", "bool", location);
      }
      break;
    case "AEXPR_BETWEEN":
    case "AEXPR_NOT_BETWEEN":
    case "AEXPR_BETWEEN_SYM":
    case "AEXPR_NOT_BETWEEN_SYM": {
      const [low, high] = list ?? [];
      if (!left || !low || !high) break;
      checkBetween(left, low, high, location, scope);
      if (expr.kind.endsWith("_SYM")) checkBetween(left, high, low, location, scope);
      return callTerm(expr.kind.includes("NOT") ? "not" : "and", "bool", location);
    }
    case "AEXPR_OP_ANY":
    case "AEXPR_OP_ALL":
      if (left && right) {
        checkAnyOrAll(name, left, right, location, scope);
        return callTerm(expr.kind === "AEXPR_OP_ANY" ? "any" : "all", "bool", 0);
      }
      break;
  }
  throw refusedAt(location, `expression ${name} of :${expr.kind} is not currently supported`);
}

function checkOperator(name: string, args: Term[], location: number, scope: CheckScope): Term {
  const picked = pickOperator(name, args, location);
  coerceArguments(args, picked.args, scope);
  return callTerm(name, picked.returns, 0);
}

function checkBetween(term: Term, low: Term, high: Term, location: number, scope: CheckScope): void {
  checkOperator(atMost, [low, term], location, scope);
  checkOperator(atMost, [term, high], location, scope);
}

function checkAnyOrAll(name: string, left: Term, right: Term, location: number, scope: CheckScope): void {
  if (right.kind !== "open" && !isArrayType(right.type)) {
    throw refusedAt(right.location, "argument of ANY must be an array");
  }
  const element = right.kind === "open" ? right : { ...right, type: elementType(right.type) };
  const picked = pickOperator(name, [left, element], location);
  if (picked.returns !== "bool") throw refusedAt(location, "ANY/ALL requires operator that returns bool");
  const [first = "text", second = "text"] = picked.args;
  coerceArguments([left, right], [first, `${second}[]`], scope);
}

function pickOperator(quotedName: string, args: Term[], location: number): Overload {
  const overloads = operatorOverloads(quotedName.replace(/^"(.*)"$/, "$1"), args.length);
  if (!overloads) {
    throw refusedAt(location, `unknown ${args.length === 1 ? "unary" : "binary"} operator ${quotedName}`);
  }
  const picked = pickOverload(overloads, knownTypes(args));
  if (!picked) throw refusedAt(location, "Could not select an operator overload");
  return picked;
}
