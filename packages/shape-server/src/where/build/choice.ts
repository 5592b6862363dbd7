import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { comparer } from "../values/kernel-compare.ts";
import { commonType } from "../values/pg-types.ts";
import type { Value } from "../values/value.ts";
import type { Build, BuildScope } from "./scope.ts";
import { coerce, constantValue, type Failures, folded, type Run, type Typed } from "./typed.ts";

/**
 * COALESCE: the first argument that is not NULL. Arguments behind a constant are not computed, so they may fail.
 * Source: https://www.postgresql.org/docs/current/functions-conditional.html
 * @throws WhereError when the arguments have no type in common
 */
export function coalesce(
  { args = [], location = 0 }: NodeOf<"CoalesceExpr">,
  scope: BuildScope,
  build: Build,
): Typed {
  // Each argument collects failures of its own: only the failures of arguments that are kept count.
  const parts = args.map((arg) => {
    const failures: Failures = [];
    return { failures, typed: build(arg, { ...scope, failures }) };
  });
  const type = commonType(parts.map(({ typed }) => typed.type));
  if (!type) throw refusedAt(location, "COALESCE types cannot be matched");
  const kept: Typed[] = [];
  for (const { failures, typed } of parts) {
    const arg = coerce(typed, type, failures);
    scope.failures.push(...failures);
    if (arg.constant && constantValue(arg) === null) continue;
    kept.push(arg);
    if (arg.constant) break;
  }
  const runs = kept.map(({ run }) => run);
  const run: Run = (frame) => {
    for (const each of runs) {
      const value = each(frame);
      if (value !== null) return value;
    }
    return null;
  };
  return { type, constant: kept.every((arg) => arg.constant), location, run };
}

/**
 * GREATEST and LEAST, which leave NULL out.
 * @throws WhereError when the arguments have no type in common
 */
export function extreme(
  { op, args = [], location = 0 }: NodeOf<"MinMaxExpr">,
  scope: BuildScope,
  build: Build,
): Typed {
  const built = args.map((arg) => build(arg, scope));
  const type = commonType(built.map((arg) => arg.type));
  if (!type) throw refusedAt(location, "types cannot be matched");
  const cast = built.map((arg) => coerce(arg, type, scope.failures));
  const compare = comparer(type, type);
  const sign = op === "IS_LEAST" ? -1 : 1;
  const run: Run = (frame) => {
    let best: Value | null = null;
    for (const arg of cast) {
      const value = arg.run(frame);
      if (value !== null && (best === null || compare(value, best) * sign > 0)) best = value;
    }
    return best;
  };
  return folded({ type, constant: cast.every((arg) => arg.constant), location, run }, scope.failures);
}
