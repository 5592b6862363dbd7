import type { Node } from "@pgsql/types";
import type { ElectricType } from "./electric-types.ts";

/** A checked part of an expression, with the type that Electric gives the part. */
export interface Term {
  /** An `open` term is a literal or a parameter whose type its neighbours still decide. */
  kind: "open" | "const" | "ref" | "func" | "array" | "row";
  type: ElectricType;
  /** The byte offset in the parsed statement at which Electric reports a mistake in this part. */
  location: number;
  /** The text of a literal or parameter. */
  value?: string | null;
  /** The number of a parameter that is still open. */
  parameter?: number;
  name?: string;
  elements?: Term[];
}

/** What a check needs to know, and what it finds out about parameters. */
export interface CheckScope {
  /** The type of each column of the table. */
  readonly columnTypes: ReadonlyMap<string, ElectricType>;
  readonly params: Readonly<Record<string, string>>;
  /** The type of each parameter, from its first use on. */
  readonly paramTypes: Map<number, ElectricType>;
  /** The type of the rows of each sub-query, in order of appearance. */
  readonly subqueryTypes: readonly ElectricType[];
  /** How many sub-queries the check has passed. */
  seenSubqueries: number;
  /** Whether a literal may stand for a label of an enum. */
  readonly allowEnumLiterals: boolean;
}

/** The check of any node. Functions for one kind of node take this as an argument, to check the node's children. */
export type Check = (node: Node, scope: CheckScope) => Term;

/** A call of an operator, a function or a special form. */
export function callTerm(name: string, type: ElectricType, location: number): Term {
  return { kind: "func", type, location, name };
}

/** The types of arguments for choosing an overload; undefined where the type is still open. */
export function knownTypes(terms: Term[]): (ElectricType | undefined)[] {
  return terms.map((term) => (term.kind === "open" ? undefined : term.type));
}
