import type { Node } from "@pgsql/types";
import type { Column } from "../syntax/condition.ts";
import type { PgType } from "../values/pg-types.ts";
import type { Failures, Typed } from "./typed.ts";

/** How a condition uses one of its sub-queries. */
export interface SublinkUse {
  /** True behind an odd number of NOTs. */
  negated: boolean;
  /** The columns on the left side of IN. */
  testColumns: string[];
}

/** What compiling a condition needs to know. */
export interface BuildInput {
  readonly columns: readonly Column[];
  /** The values of the parameters by number, as text. */
  readonly params: Readonly<Record<string, string>>;
  /** The types of the parameters, as far as the check settled them. */
  readonly paramTypes: ReadonlyMap<number, PgType>;
}

/** The input, and what compiling finds out on the way. */
export interface BuildScope extends Omit<BuildInput, "columns"> {
  readonly columns: ReadonlyMap<string, Column>;
  readonly failures: Failures;
  readonly usedColumns: Set<string>;
  /** The sub-queries in order of appearance. */
  readonly sublinks: SublinkUse[];
  /** Whether the node at hand stands behind an odd number of NOTs. */
  readonly negated: boolean;
}

/** Compiles any node. Functions for one kind of node take this as an argument, to compile the node's children. */
export type Build = (node: Node, scope: BuildScope) => Typed;

/** A scope for compiling one condition, in which nothing is found out yet. */
export function newScope({ columns, params, paramTypes }: BuildInput): BuildScope {
  return {
    columns: new Map(columns.map((column) => [column.name, column])),
    params,
    paramTypes,
    failures: [],
    usedColumns: new Set(),
    sublinks: [],
    negated: false,
  };
}
