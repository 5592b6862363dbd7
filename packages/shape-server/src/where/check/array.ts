import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { elementType, isArrayType, isFloatType } from "../values/pg-types.ts";
import { castOpen } from "./cast.ts";
import { baseName, castsImplicitly, categoryOf, type ElectricType, isPreferred } from "./electric-types.ts";
import { type Check, type CheckScope, callTerm, type Term } from "./term.ts";

/**
 * `ARRAY[…]`, whose type is the one that all elements share.
 * @throws WhereError when they share none
 */
export function checkArray(
  { elements = [], location = 0 }: NodeOf<"A_ArrayExpr">,
  scope: CheckScope,
  check: Check,
): Term {
  const terms = elements.map((element) => check(element, scope));
  let type: ElectricType | undefined;
  for (const term of terms) {
    if (term.kind === "open" || term.type === "unknown" || term.type === type) continue;
    type = type === undefined ? term.type : widerOf(type, term.type, location);
  }
  const shared = type ?? "text";
  for (const term of terms) mustFit(castOpen(term, shared, scope), shared);
  return { kind: "array", type: `${baseName(shared)}[]`, location };
}

function widerOf(known: ElectricType, type: ElectricType, location: number): ElectricType {
  if (categoryOf(type) !== categoryOf(known)) {
    throw refusedAt(location, `ARRAY types ${type} and ${known} cannot be matched`);
  }
  return isPreferred(known) && !isPreferred(type) ? known : type;
}

function mustFit(term: Term, type: ElectricType): void {
  if (term.type === type || term.type.startsWith("internal") || castsImplicitly(term.type, type)) return;
  throw refusedAt(term.location, `${term.type} cannot be matched to ${type}`);
}

/**
 * Subscripts and slices, `a[1]` and `a[1:2]`.
 * @throws WhereError when there is no array, and for a subscript that is no number
 */
export function checkIndirection(
  { arg, indirection = [] }: NodeOf<"A_Indirection">,
  scope: CheckScope,
  check: Check,
): Term {
  const term = arg && check(arg, scope);
  let isSlice = false;
  for (const part of indirection) {
    // A field of a row. The row itself is no array, which is refused below.
    if ("String" in part) continue;
    if (!("A_Indices" in part)) {
      throw refusedAt(0, `${Object.keys(part)[0]} is not supported in this context`);
    }
    const { lidx, uidx, is_slice } = part.A_Indices;
    isSlice ||= is_slice ?? false;
    for (const index of [lidx, uidx]) {
      if (index) checkSubscript(castOpen(check(index, scope), "int8", scope));
    }
  }
  if (!term || term.kind === "open" || !isArrayType(term.type)) {
    throw refusedAt(0, "A_Indirection is not supported in this context");
  }
  const type = isSlice ? term.type : elementType(term.type);
  return callTerm(isSlice ? "slice_access" : "index_access", type, term.location);
}

/** A subscript may have a fraction, which is rounded. */
function checkSubscript(term: Term): void {
  if (term.type !== "numeric" && !isFloatType(term.type)) mustFit(term, "int8");
}
