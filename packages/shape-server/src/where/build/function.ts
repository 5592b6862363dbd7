import type { Node } from "@pgsql/types";
import { identifier, names } from "../syntax/identifier.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { append, concatenate, prepend } from "../values/kernel-array.ts";
import { comparer } from "../values/kernel-compare.ts";
import { justifyDays, justifyHours, justifyInterval } from "../values/kernel-datetime.ts";
import { likeMatcher } from "../values/like.ts";
import { commonType, type PgType } from "../values/pg-types.ts";
import { lower, upper } from "../values/text.ts";
import { fromUtc, toUtc } from "../values/time-zone.ts";
import { asArray, asBigint, asInterval, type Value } from "../values/value.ts";
import { type BuildScope, build } from "./build.ts";
import { strict } from "./operator.ts";
import { pgFunctions } from "./pg-operators.ts";
import { choose } from "./pg-overload.ts";
import { coerce, constantValue, type Failures, folded, type Typed } from "./typed.ts";

type Call = Extract<Node, { FuncCall: unknown }>["FuncCall"];
type MinMax = Extract<Node, { MinMaxExpr: unknown }>["MinMaxExpr"];

const KERNELS: Record<string, (...args: Value[]) => Value | null> = {
  lower: (text) => lower(String(text)),
  upper: (text) => upper(String(text)),
  like: (text, pattern) => likeMatcher(String(pattern), false)(String(text)),
  justify_days: (interval) => justifyDays(asInterval(interval)),
  justify_hours: (interval) => justifyHours(asInterval(interval)),
  justify_interval: (interval) => justifyInterval(asInterval(interval)),
  array_ndims: (array) => asArray(array).dims.length || null,
};
const TYPES_AS_FUNCTIONS = new Set(
  "int2 int4 int8 float4 float8 numeric bool uuid text date time timestamp timestamptz interval".split(" "),
);

export function functionCall(call: Call, scope: BuildScope): Typed {
  const loc = call.location ?? 0;
  const name = identifier(names(call.funcname));
  const args = (call.args ?? []).map((arg) => build(arg, scope));
  const [only] = args;
  if (name === "concat") return concat(args, loc, scope);
  if (TYPES_AS_FUNCTIONS.has(name) && args.length === 1 && only) return coerce(only, name, scope.failures);
  const types = args.map(({ type }) => type);
  const picked = choose(pgFunctions(name, args.length), types, false);
  if (!picked) throw refusedAt(loc, `function ${name}(${types.join(", ")}) does not exist`);
  const cast = args.map((arg, i) => coerce(arg, picked.args[i] ?? arg.type, scope.failures));
  return folded(applied(name, cast, picked.returns, loc), scope.failures);
}

function applied(name: string, args: Typed[], returns: PgType, loc: number): Typed {
  if (name === "timezone") {
    const convert = args[1]?.type === "timestamp" ? toUtc : fromUtc;
    return strict(args, returns, loc, (zone = "", us = 0n) => convert(asBigint(us), String(zone)));
  }
  const kernel = KERNELS[name];
  if (kernel) return strict(args, returns, loc, kernel);
  const [first, second] = args;
  if (!first || !second) throw refusedAt(loc, `function ${name} does not exist`);
  return {
    type: returns,
    constant: first.constant && second.constant,
    loc,
    run: (frame) => arrayFunction(name, first.run(frame), second.run(frame)),
  };
}

/** These take NULL as an item or as an empty array. */
export function arrayFunction(name: string, a: Value | null, b: Value | null): Value | null {
  const array = (value: Value | null) => (value === null ? null : asArray(value));
  if (name === "array_append") return append(array(a), b);
  if (name === "array_prepend") return prepend(a, array(b));
  return concatenate(array(a), array(b));
}

function concat(args: Typed[], loc: number, scope: BuildScope): Typed {
  // The arguments are of any type and written as they are shown: the blanks that fill a char(n) stay.
  const runs = args.map((arg) => (arg.type === "bpchar" ? arg : coerce(arg, "text", scope.failures)).run);
  const run: Typed["run"] = (frame) => runs.map((each) => each(frame) ?? "").join("");
  // Postgres computes it anew for each row, since the text forms of some types depend on settings.
  return { type: "text", constant: false, loc, run };
}

/** The first argument that is not NULL; what follows a constant is not computed, so it may fail. */
export function coalesce(nodes: Node[], loc: number, scope: BuildScope): Typed {
  const parts = nodes.map((node) => {
    const failures: Failures = [];
    return { failures, typed: build(node, { ...scope, failures }) };
  });
  const type = commonType(parts.map(({ typed }) => typed.type));
  if (!type) throw refusedAt(loc, "COALESCE types cannot be matched");
  const kept: Typed[] = [];
  for (const { failures, typed } of parts) {
    const arg = coerce(typed, type, failures);
    scope.failures.push(...failures);
    if (arg.constant && constantValue(arg) === null) continue;
    kept.push(arg);
    if (arg.constant) break;
  }
  const runs = kept.map(({ run }) => run);
  const run: Typed["run"] = (frame) => {
    for (const each of runs) {
      const value = each(frame);
      if (value !== null) return value;
    }
    return null;
  };
  return { type, constant: kept.every((arg) => arg.constant), loc, run };
}

/** GREATEST and LEAST, which leave out NULL. */
export function extreme({ op, args, location }: MinMax, scope: BuildScope): Typed {
  const built = (args ?? []).map((arg) => build(arg, scope));
  const type = commonType(built.map((arg) => arg.type));
  if (!type) throw refusedAt(location ?? 0, "types cannot be matched");
  const cast = built.map((arg) => coerce(arg, type, scope.failures));
  const compare = comparer(type, type);
  const sign = op === "IS_LEAST" ? -1 : 1;
  const run: Typed["run"] = (frame) => {
    let best: Value | null = null;
    for (const arg of cast) {
      const value = arg.run(frame);
      if (value !== null && (best === null || compare(value, best) * sign > 0)) best = value;
    }
    return best;
  };
  const constant = cast.every((arg) => arg.constant);
  return folded({ type, constant, loc: location ?? 0, run }, scope.failures);
}
