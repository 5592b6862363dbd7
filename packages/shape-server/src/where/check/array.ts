import type { Node } from "@pgsql/types";
import { refusedAt } from "../syntax/where-error.ts";
import { castOpen } from "./cast.ts";
import type { CheckScope } from "./check.ts";
import {
  baseName,
  castsImplicitly,
  categoryOf,
  type ElectricType,
  elementOf,
  isArray,
  isPreferred,
} from "./electric-types.ts";

/** A checked part of an expression. An `open` one is a literal or parameter whose type its neighbours decide. */
export interface Term {
  kind: "open" | "const" | "ref" | "func" | "array" | "row";
  type: ElectricType;
  loc: number;
  /** The text of a literal. */
  value?: string | null;
  param?: number;
  name?: string;
  elements?: Term[];
}

/** `ARRAY[…]`: the type that all elements share. */
export function checkArray(elements: Term[], loc: number, scope: CheckScope): Term {
  let type: ElectricType | null = null;
  for (const element of elements) {
    if (element.kind === "open" || element.type === "unknown" || element.type === type) continue;
    type = type === null ? element.type : widerOf(type, element.type, loc);
  }
  const shared = type ?? "text";
  for (const element of elements) mustFit(castOpen(element, shared, scope), shared);
  return { kind: "array", type: `${baseName(shared)}[]`, loc };
}

function widerOf(known: ElectricType, type: ElectricType, loc: number): ElectricType {
  if (categoryOf(type) !== categoryOf(known)) {
    throw refusedAt(loc, `ARRAY types ${type} and ${known} cannot be matched`);
  }
  return isPreferred(known) && !isPreferred(type) ? known : type;
}

function mustFit(term: Term, type: ElectricType): void {
  if (term.type === type || term.type.startsWith("internal") || castsImplicitly(term.type, type)) return;
  throw refusedAt(term.loc, `${term.type} cannot be matched to ${type}`);
}

type Indirection = Extract<Node, { A_Indirection: unknown }>["A_Indirection"];

/** Subscripts and slices, `a[1]` and `a[1:2]`. */
export function checkIndirection(
  { arg, indirection }: Indirection,
  scope: CheckScope,
  check: (node: Node, scope: CheckScope) => Term,
): Term {
  const term = arg && check(arg, scope);
  let slice = false;
  for (const part of indirection ?? []) {
    // a field of a row: the row itself is refused below
    if ("String" in part) continue;
    if (!("A_Indices" in part))
      throw refusedAt(0, `${Object.keys(part)[0]} is not supported in this context`);
    const { lidx, uidx, is_slice } = part.A_Indices;
    slice ||= is_slice ?? false;
    for (const index of [lidx, uidx]) {
      if (!index) continue;
      const bound = castOpen(check(index, scope), "int8", scope);
      if (!["numeric", "float4", "float8"].includes(bound.type)) mustFit(bound, "int8");
    }
  }
  if (!term || term.kind === "open" || !isArray(term.type)) {
    throw refusedAt(0, "A_Indirection is not supported in this context");
  }
  const type = slice ? term.type : elementOf(term.type);
  return { kind: "func", type, loc: term.loc, name: slice ? "slice_access" : "index_access" };
}
