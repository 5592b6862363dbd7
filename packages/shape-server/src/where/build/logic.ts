import type { Node } from "@pgsql/types";
import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import type { PgType } from "../values/pg-types.ts";
import type { Value } from "../values/value.ts";
import type { Build, BuildScope } from "./scope.ts";
import { coerce, constant, constantValue, folded, mapped, type Typed } from "./typed.ts";

/**
 * AND, OR and NOT in three-valued logic.
 * Source: https://www.postgresql.org/docs/current/functions-logical.html
 */
export function logic(
  { args = [], boolop, location = 0 }: NodeOf<"BoolExpr">,
  scope: BuildScope,
  build: Build,
): Typed {
  const isNot = boolop === "NOT_EXPR";
  const inner = isNot ? { ...scope, negated: !scope.negated } : scope;
  const terms = args.map((arg) => coerce(build(arg, inner), "bool", scope.failures));
  const [first] = terms;
  if (isNot && first) return not({ ...first, location }, scope);
  return folded(combined(terms, boolop === "OR_EXPR", location), scope.failures);
}

/** NOT, which leaves NULL as it is. */
export function not(typed: Typed, scope: BuildScope): Typed {
  return folded(
    mapped(typed, "bool", (value) => value !== true),
    scope.failures,
  );
}

/**
 * Joins terms by OR if `decisive` is true, by AND if false: one term of this value decides the whole. A constant that
 * decides does so when the condition is compiled, as in Postgres' planner. Terms beside it are then never computed, so
 * they cannot fail.
 */
export function combined(terms: Typed[], decisive: boolean, location: number): Typed {
  if (terms.some((term) => term.constant && constantValue(term) === decisive)) {
    return constant("bool", decisive, location);
  }
  const runs = terms.map(({ run }) => run);
  return {
    type: "bool",
    constant: terms.every((term) => term.constant),
    location,
    run: (frame) => {
      let isUnknown = false;
      for (const run of runs) {
        const value = run(frame);
        if (value === decisive) return decisive;
        if (value === null) isUnknown = true;
      }
      return isUnknown ? null : !decisive;
    },
  };
}

/** IS NULL and IS NOT NULL. */
export function nullTest(
  { arg, nulltesttype, location = 0 }: NodeOf<"NullTest">,
  scope: BuildScope,
  build: Build,
): Typed {
  const wantsNull = nulltesttype !== "IS_NOT_NULL";
  return tested(arg, "text", location, scope, build, (value) => (value === null) === wantsNull);
}

const booleanTests: Record<string, (value: Value | null) => boolean> = {
  IS_TRUE: (value) => value === true,
  IS_NOT_TRUE: (value) => value !== true,
  IS_FALSE: (value) => value === false,
  IS_NOT_FALSE: (value) => value !== false,
  IS_UNKNOWN: (value) => value === null,
  IS_NOT_UNKNOWN: (value) => value !== null,
};

/** IS TRUE, IS FALSE, IS UNKNOWN, and each of them with NOT. */
export function booleanTest(
  { arg, booltesttype, location = 0 }: NodeOf<"BooleanTest">,
  scope: BuildScope,
  build: Build,
): Typed {
  const test = booleanTests[booltesttype ?? ""];
  if (!test) throw refusedAt(location, "unknown boolean test");
  return tested(arg, "bool", location, scope, build, test);
}

/** A test whose result is never NULL. An open literal is read as a value of `type`. */
function tested(
  arg: Node | undefined,
  type: PgType,
  location: number,
  scope: BuildScope,
  build: Build,
  test: (value: Value | null) => boolean,
): Typed {
  if (!arg) throw refusedAt(location, "the test has no argument");
  const built = build(arg, scope);
  const typed = built.open === undefined ? built : coerce(built, type, scope.failures);
  const { run } = typed;
  return folded(
    { type: "bool", constant: typed.constant, location, run: (frame) => test(run(frame)) },
    scope.failures,
  );
}
