import type { Node } from "@pgsql/types";
import { WhereError } from "../where/syntax/where-error.ts";

/** A term of a condition: a part that is not made of others by AND, OR and NOT. */
export interface Term {
  readonly node: Node;
  readonly negated: boolean;
  /** The number of the term in the text, from 0. */
  readonly place: number;
}

/** A disjunction of conjunctions of terms. */
export type Disjuncts = Term[][];

/** A disjunction may have far more terms than the condition that it is made from. */
const mostTerms = 1_000;

/**
 * Brings a condition into disjunctive normal form. Negations move to the terms by De Morgan's laws.
 *
 * @throws WhereError when the disjunction has more than 1,000 terms.
 */
export function disjunctsOf(root: Node): Disjuncts {
  let places = 0;
  const visit = (node: Node, negated: boolean): Disjuncts => {
    if (!("BoolExpr" in node)) return [[{ node, negated, place: places++ }]];
    const { boolop, args = [] } = node.BoolExpr;
    const [first] = args;
    if (boolop === "NOT_EXPR") return first ? visit(first, !negated) : [];
    const parts = args.map((arg) => visit(arg, negated));
    return (boolop === "OR_EXPR") === negated ? product(parts) : parts.flat();
  };
  const disjuncts = visit(root, false);
  if (disjuncts.flat().length > mostTerms) throw tooLarge();
  return disjuncts;
}

/** The disjunction that is true when all `parts` are: each of its conjunctions takes one from every part. */
function product(parts: Disjuncts[]): Disjuncts {
  return parts.reduceRight<Disjuncts>(
    (rest, part) => {
      if (part.length * rest.length > mostTerms) throw tooLarge();
      return part.flatMap((disjunct) => rest.map((other) => [...disjunct, ...other]));
    },
    [[]],
  );
}

const tooLarge = () => new WhereError("the condition has too many alternatives for one with subqueries");
