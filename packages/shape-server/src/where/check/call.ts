import type { Node } from "@pgsql/types";
import { displayName, namePath } from "../syntax/names.ts";
import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { coerceArguments } from "./cast.ts";
import { functionOverloads } from "./electric-operators.ts";
import { pickOverload } from "./electric-overload.ts";
import { type Check, type CheckScope, callTerm, knownTypes, type Term } from "./term.ts";

/**
 * A call of a function.
 * @throws WhereError for an aggregate, VARIADIC, and a function that Electric does not know for these types
 */
export function checkCall(call: NodeOf<"FuncCall">, scope: CheckScope, check: Check): Term {
  const location = call.location ?? 0;
  const args = (call.args ?? []).map((arg) => check(arg, scope));
  const isAggregate = call.agg_order?.length || call.agg_filter || call.over || call.agg_within_group;
  if (isAggregate || call.agg_star || call.agg_distinct) {
    throw refusedAt(location, "aggregation is not supported in this context");
  }
  if (call.func_variadic) {
    throw refusedAt(location, "explicit VARIADIC function calls are not currently supported");
  }
  return resolveFunction(displayName(namePath(call.funcname)), args, location, scope);
}

/**
 * COALESCE, GREATEST or LEAST: special forms of the grammar that Electric treats as functions.
 * @throws WhereError when the arguments share no type
 */
export function checkVariadicForm(
  name: "coalesce" | "greatest" | "least",
  { args = [], location = 0 }: { args?: Node[]; location?: number },
  scope: CheckScope,
  check: Check,
): Term {
  const terms = args.map((arg) => check(arg, scope));
  return resolveFunction(name, terms, location, scope);
}

function resolveFunction(name: string, args: Term[], location: number, scope: CheckScope): Term {
  const overloads = functionOverloads(name, args.length);
  if (!overloads) throw refusedAt(location, `unknown or unsupported function ${name}/${args.length}`);
  const picked = pickOverload(overloads, knownTypes(args));
  if (!picked) {
    const types = args.map(({ type }) => type).join(", ");
    throw refusedAt(location, `Could not select a function overload for ${name}(${types})`);
  }
  coerceArguments(args, picked.args, scope);
  return callTerm(name, picked.returns, 0);
}
