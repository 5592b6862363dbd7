import type { Node } from "@pgsql/types";
import { identifier, names } from "../syntax/identifier.ts";
import { refusedAt } from "../syntax/where-error.ts";
import type { Term } from "./array.ts";
import { coerceArguments } from "./cast.ts";
import type { CheckScope } from "./check.ts";
import { operatorOverloads } from "./electric-operators.ts";
import { pickOverload } from "./electric-overload.ts";
import { elementOf, isArray } from "./electric-types.ts";

type Expression = Extract<Node, { A_Expr: unknown }>["A_Expr"];
type Check = (node: Node, scope: CheckScope) => Term;

/** Operators and the special forms that the grammar makes of them: IN, BETWEEN, LIKE, ANY, IS DISTINCT FROM … */
export function checkExpression(expr: Expression, scope: CheckScope, check: Check): Term {
  const loc = expr.location ?? 0;
  const name = identifier(names(expr.name));
  const left = expr.lexpr && check(expr.lexpr, scope);
  const items = expr.rexpr && "List" in expr.rexpr ? (expr.rexpr.List.items ?? []) : undefined;
  const list = items?.map((item) => check(item, scope));
  const right = !list && expr.rexpr ? check(expr.rexpr, scope) : undefined;
  const result = (of: string, at = loc): Term => ({ kind: "func", type: "bool", loc: at, name: of });

  switch (expr.kind) {
    case "AEXPR_OP":
    case "AEXPR_LIKE":
    case "AEXPR_ILIKE":
      if (right) return operator(name, left ? [left, right] : [right], loc, scope);
      break;
    case "AEXPR_DISTINCT":
    case "AEXPR_NOT_DISTINCT":
      if (left && right) {
        operator(identifier(["<>"]), [left, right], loc, scope);
        return result(expr.kind === "AEXPR_DISTINCT" ? "values_distinct?" : "values_not_distinct?", 0);
      }
      break;
    case "AEXPR_IN":
      if (left && list) {
        for (const item of list) operator(identifier(["="]), [left, item], loc, scope);
        return result(identifier(names(expr.name)) === '"<>"' ? "not" : "or");
      }
      break;
    case "AEXPR_BETWEEN":
    case "AEXPR_NOT_BETWEEN":
    case "AEXPR_BETWEEN_SYM":
    case "AEXPR_NOT_BETWEEN_SYM": {
      const [low, high] = list ?? [];
      if (!left || !low || !high) break;
      operator(identifier(["<="]), [low, left], loc, scope);
      operator(identifier(["<="]), [left, high], loc, scope);
      if (expr.kind.endsWith("_SYM")) {
        operator(identifier(["<="]), [high, left], loc, scope);
        operator(identifier(["<="]), [left, low], loc, scope);
      }
      return result(expr.kind.includes("NOT") ? "not" : "and");
    }
    case "AEXPR_OP_ANY":
    case "AEXPR_OP_ALL":
      if (left && right) {
        anyOrAll(name, left, right, loc, scope);
        return result(expr.kind === "AEXPR_OP_ANY" ? "any" : "all", 0);
      }
      break;
  }
  throw refusedAt(loc, `expression ${name} of :${expr.kind} is not currently supported`);
}

function operator(name: string, args: Term[], loc: number, scope: CheckScope): Term {
  const picked = pickOverload(overloads(name, args.length, loc), types(args));
  if (!picked) throw refusedAt(loc, "Could not select an operator overload");
  coerceArguments(args, picked.args, scope);
  return { kind: "func", type: picked.returns, loc: 0, name };
}

function anyOrAll(name: string, left: Term, right: Term, loc: number, scope: CheckScope): void {
  if (right.kind !== "open" && !isArray(right.type)) {
    throw refusedAt(right.loc, "argument of ANY must be an array");
  }
  const element = right.kind === "open" ? right : { ...right, type: elementOf(right.type) };
  const picked = pickOverload(overloads(name, 2, loc), types([left, element]));
  if (!picked) throw refusedAt(loc, "Could not select an operator overload");
  if (picked.returns !== "bool") throw refusedAt(loc, "ANY/ALL requires operator that returns bool");
  const [first = "text", second = "text"] = picked.args;
  coerceArguments([left, right], [first, `${second}[]`], scope);
}

function overloads(quoted: string, arity: number, loc: number) {
  const name = quoted.replace(/^"(.*)"$/, "$1");
  const found = operatorOverloads(name, arity);
  if (!found) throw refusedAt(loc, `unknown ${arity === 1 ? "unary" : "binary"} operator ${quoted}`);
  return found;
}

function types(args: Term[]): (string | null)[] {
  return args.map((arg) => (arg.kind === "open" ? null : arg.type));
}
