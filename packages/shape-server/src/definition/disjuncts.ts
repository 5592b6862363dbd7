import type { Node } from "@pgsql/types";
import { WhereError } from "../where/syntax/where-error.ts";

/** A term of a condition; `place` is its number in the text. */
export type Leaf = { node: Node; negated: boolean; place: number };

/** A disjunction of conjunctions of terms. */
export type Disjuncts = Leaf[][];

/** A condition can have far more conjunctions than terms. */
const MOST_TERMS = 1_000;

/**
 * Brings a condition into disjunctive normal form, with negations moved to the terms by De Morgan's laws.
 *
 * @throws WhereError when that would be too large.
 */
export function disjunctsOf(root: Node): Disjuncts {
  let places = 0;
  const visit = (node: Node, negated: boolean): Disjuncts => {
    if (!("BoolExpr" in node)) return [[{ node, negated, place: places++ }]];
    const { boolop, args = [] } = node.BoolExpr;
    const [first] = args;
    if (boolop === "NOT_EXPR") return first ? visit(first, !negated) : [];
    const parts = args.map((arg) => visit(arg, negated));
    return (boolop === "OR_EXPR") !== negated ? parts.flat() : product(parts);
  };
  const disjuncts = visit(root, false);
  if (disjuncts.flat().length > MOST_TERMS) throw tooLarge();
  return disjuncts;
}

function product(parts: Disjuncts[]): Disjuncts {
  return parts.reduceRight<Disjuncts>(
    (rest, part) => {
      if (part.length * rest.length > MOST_TERMS) throw tooLarge();
      return part.flatMap((disjunct) => rest.map((other) => [...disjunct, ...other]));
    },
    [[]],
  );
}

const tooLarge = () => new WhereError("the condition has too many alternatives for one with subqueries");
