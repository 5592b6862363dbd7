import type { Node } from "@pgsql/types";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { grammarReady, parseWhere } from "../where/syntax/parse.ts";
import { WhereError } from "../where/syntax/where-error.ts";
import { type Disjuncts, disjunctsOf } from "./disjuncts.ts";

beforeAll(grammarReady);

/** A truth value of SQL; null is unknown. */
type Truth = boolean | null;
type Values = Record<string, Truth>;

interface Condition {
  readonly text: string;
  /** The names of the terms in the order of the text. */
  readonly names: string[];
  evaluate(values: Values): Truth;
}

const not = (a: Truth): Truth => (a === null ? null : !a);
const and = (a: Truth, b: Truth): Truth => (a === false || b === false ? false : a && b);
const or = (a: Truth, b: Truth): Truth => not(and(not(a), not(b)));

const combined = (
  operator: string,
  parts: Condition[],
  combine: (a: Truth, b: Truth) => Truth,
): Condition => ({
  text: `(${parts.map((part) => part.text).join(` ${operator} `)})`,
  names: parts.flatMap((part) => part.names),
  evaluate: (values) => parts.map((part) => part.evaluate(values)).reduce(combine),
});

const names = ["a", "b", "c", "d"];

const { condition } = fc.letrec<{ condition: Condition }>((tie) => {
  const parts = fc.array(tie("condition"), { minLength: 2, maxLength: 3 });
  return {
    condition: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      fc
        .constantFrom(...names)
        .map((name) => ({ text: name, names: [name], evaluate: (values: Values) => values[name] ?? null })),
      parts.map((each) => combined("AND", each, and)),
      parts.map((each) => combined("OR", each, or)),
      tie("condition").map((inner) => ({
        text: `NOT ${inner.text}`,
        names: inner.names,
        evaluate: (values: Values) => not(inner.evaluate(values)),
      })),
    ),
  };
});

function nameOf(node: Node): string {
  const field = "ColumnRef" in node ? node.ColumnRef.fields?.[0] : undefined;
  return (field && "String" in field ? field.String.sval : undefined) ?? "";
}

function evaluate(disjuncts: Disjuncts, values: Values): Truth {
  return disjuncts
    .map((disjunct) =>
      disjunct
        .map(({ node, negated }) =>
          negated ? not(values[nameOf(node)] ?? null) : (values[nameOf(node)] ?? null),
        )
        .reduce(and, true),
    )
    .reduce(or, false);
}

/** The disjunction of a condition; conditions whose disjunction is too large are passed over. */
function disjunctsOrSkip(text: string): Disjuncts {
  try {
    return disjunctsOf(parseWhere(text));
  } catch (error) {
    fc.pre(!(error instanceof WhereError));
    throw error;
  }
}

test("a disjunction means what its condition means, with unknown values as well", () => {
  const truth = fc.constantFrom<Truth>(true, false, null);
  const values = fc.record(Object.fromEntries(names.map((name) => [name, truth])));
  fc.assert(
    fc.property(condition, values, ({ text, evaluate: expected }, each) => {
      expect(evaluate(disjunctsOrSkip(text), each)).toBe(expected(each));
    }),
    { numRuns: 500 },
  );
});

test("terms are numbered in the order of the text", () => {
  fc.assert(
    fc.property(condition, ({ text, names: inText }) => {
      for (const { node, place } of disjunctsOrSkip(text).flat()) expect(nameOf(node)).toBe(inText[place]);
    }),
  );
});

test("a condition with too many alternatives is refused", () => {
  const pairs = (count: number) => Array.from({ length: count }, () => "(a OR b)").join(" AND ");
  expect(disjunctsOf(parseWhere(pairs(7)))).toHaveLength(2 ** 7);
  expect(() => disjunctsOf(parseWhere(pairs(8)))).toThrow(WhereError);
  expect(() => disjunctsOf(parseWhere(pairs(100)))).toThrow("too many alternatives");
});
