import { displayName, namePath } from "../syntax/names.ts";
import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { arrayFunction } from "../values/kernel-array.ts";
import { justifyDays, justifyHours, justifyInterval } from "../values/kernel-datetime.ts";
import { likeMatcher } from "../values/like.ts";
import type { PgType } from "../values/pg-types.ts";
import { lower, upper } from "../values/text.ts";
import { fromUtc, toUtc } from "../values/time-zone.ts";
import { asArray, asBigint, asInterval, type Value } from "../values/value.ts";
import { pgFunctions } from "./pg-operators.ts";
import { chooseFunction } from "./pg-overload.ts";
import type { Build, BuildScope } from "./scope.ts";
import { coerce, folded, type Run, strict, type Typed } from "./typed.ts";

/** What functions do with values that are not NULL. */
const kernels: Record<string, (...args: Value[]) => Value | null> = {
  lower: (text) => lower(String(text)),
  upper: (text) => upper(String(text)),
  like: (text, pattern) => likeMatcher(String(pattern), false)(String(text)),
  justify_days: (interval) => justifyDays(asInterval(interval)),
  justify_hours: (interval) => justifyHours(asInterval(interval)),
  justify_interval: (interval) => justifyInterval(asInterval(interval)),
  array_ndims: (array) => asArray(array).dims.length || null,
};
/** Types whose names are functions too: `int4('1')` is a cast. */
const castFunctions = new Set(
  "int2 int4 int8 float4 float8 numeric bool uuid text date time timestamp timestamptz interval".split(" "),
);

/**
 * A call of a function.
 * @throws WhereError when Postgres has no such function for the types of the arguments
 */
export function functionCall(
  { funcname, args: nodes = [], location = 0 }: NodeOf<"FuncCall">,
  scope: BuildScope,
  build: Build,
): Typed {
  const name = displayName(namePath(funcname));
  const args = nodes.map((arg) => build(arg, scope));
  const [only] = args;
  if (name === "concat") return concat(args, location, scope);
  if (castFunctions.has(name) && args.length === 1 && only) return coerce(only, name, scope.failures);
  const types = args.map(({ type }) => type);
  const picked = chooseFunction(pgFunctions(name, args.length), types);
  if (!picked) throw refusedAt(location, `function ${name}(${types.join(", ")}) does not exist`);
  const cast = args.map((arg, i) => coerce(arg, picked.args[i] ?? arg.type, scope.failures));
  return folded(applied(name, cast, picked.returns, location), scope.failures);
}

function applied(name: string, args: Typed[], returns: PgType, location: number): Typed {
  if (name === "timezone") {
    const convert = args[1]?.type === "timestamp" ? toUtc : fromUtc;
    return strict(args, returns, location, (zone = "", us = 0n) => convert(asBigint(us), String(zone)));
  }
  const kernel = kernels[name];
  if (kernel) return strict(args, returns, location, kernel);
  const [first, second] = args;
  if (!first || !second) throw refusedAt(location, `function ${name} does not exist`);
  return arrayCall(name, first, second, returns, location);
}

/** A call of one of the functions that take NULL as an item or as an empty array. */
export function arrayCall(name: string, a: Typed, b: Typed, returns: PgType, location: number): Typed {
  return {
    type: returns,
    constant: a.constant && b.constant,
    location,
    run: (frame) => arrayFunction(name, a.run(frame), b.run(frame)),
  };
}

/** The arguments may be of any type, and NULL counts as empty text. The blanks that fill a `char(n)` up stay. */
function concat(args: Typed[], location: number, scope: BuildScope): Typed {
  const runs = args.map((arg) => (arg.type === "bpchar" ? arg : coerce(arg, "text", scope.failures)).run);
  const run: Run = (frame) => runs.map((each) => each(frame) ?? "").join("");
  // The text of some types depends on settings, so Postgres does not compute a constant call in advance.
  return { type: "text", constant: false, location, run };
}
