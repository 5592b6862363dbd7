import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { type Check, type CheckScope, callTerm, type Term } from "./term.ts";

/**
 * `x IN (SELECT …)`, where `x` is a column or a row of columns. The sub-query itself is compiled before the condition
 * around it, so only the type of its rows matters here.
 * @throws WhereError for other forms of sub-queries, for other left sides, and when the types differ
 */
export function checkSublink(link: NodeOf<"SubLink">, scope: CheckScope, check: Check): Term {
  const location = link.location ?? 0;
  const test = link.testexpr && check(link.testexpr, scope);
  if (link.subLinkType !== "ANY_SUBLINK" || link.operName?.length || !test) {
    throw refusedAt(location, "only `value IN (SELECT ...)` sublinks are supported right now");
  }
  const columns = test.kind === "row" ? (test.elements ?? []) : [test];
  if (columns.some(({ kind }) => kind !== "ref")) {
    const rule = "can only be a column reference or a list of column references";
    throw refusedAt(location, `currently, left side of \`IN (SELECT ...)\` ${rule}`);
  }
  const returned = scope.subqueryTypes[scope.seenSubqueries++] ?? "unknown";
  if (test.type !== returned) {
    const types = `has type ${test.type} but subquery returns ${returned}[]`;
    throw refusedAt(location, `left side of \`IN (SELECT ...)\` ${types}`);
  }
  return callTerm("sublink_membership_check", "bool", location);
}
