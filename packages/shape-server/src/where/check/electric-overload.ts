import { WhereError } from "../syntax/where-error.ts";
import { elementType, isArrayType } from "../values/pg-types.ts";
import { castsImplicitly, categoryOf, type ElectricType, isEnum, isPreferred } from "./electric-types.ts";

/** One meaning of an operator or function. */
export interface Overload {
  args: ElectricType[];
  returns: ElectricType;
  /** Whether the last argument may be repeated. */
  variadic?: boolean;
}

/** The types of the arguments; undefined is a literal whose type is still open. */
type ArgumentTypes = (ElectricType | undefined)[];

/**
 * Picks the meaning of an operator or function as Electric does. Electric follows Postgres' rules, with two
 * differences: an open literal beside a known operand is not first taken to be of the same type, and other types are
 * preferred.
 * Source: https://github.com/electric-sql/electric/blob/main/packages/sync-service/lib/electric/replication/eval/lookups.ex
 * @returns the meaning with real types in place of polymorphic ones, undefined when none fits best
 * @throws WhereError for a type that Electric knows nothing of
 */
export function pickOverload(overloads: Overload[], types: ArgumentTypes): Overload | undefined {
  return exactMatch(overloads, types) ?? bestMatch(overloads, types);
}

function exactMatch(overloads: Overload[], types: ArgumentTypes): Overload | undefined {
  return overloads.find(({ args }) => args.every((arg, i) => arg === types[i]));
}

function bestMatch(overloads: Overload[], types: ArgumentTypes): Overload | undefined {
  let left = overloads;
  for (const narrow of [castable, mostExact, mostPreferred, ofOneCategory, ofKnownType]) {
    left = narrow(left, types);
    if (left.length <= 1) break;
  }
  return left.length === 1 ? left[0] : undefined;
}

function castable(overloads: Overload[], types: ArgumentTypes): Overload[] {
  return overloads.flatMap((overload) => unify(overload, types) ?? []);
}

function mostExact(overloads: Overload[], types: ArgumentTypes): Overload[] {
  return withMost(overloads, (arg, i) => arg === types[i]);
}

function mostPreferred(overloads: Overload[], types: ArgumentTypes): Overload[] {
  return withMost(overloads, (arg, i) => arg !== types[i] && isPreferred(arg));
}

/** When all arguments are open literals: the meanings for strings, or those of the only category there is. */
function ofOneCategory(overloads: Overload[], types: ArgumentTypes): Overload[] {
  if (types.some((type) => type !== undefined)) return overloads;
  const wanted: string[] = [];
  for (let i = 0; i < types.length; i++) {
    const offered = new Set(overloads.map(({ args }) => categoryOf(args[i] ?? "") ?? "enum"));
    const only = offered.has("string") ? "string" : offered.size === 1 ? [...offered][0] : undefined;
    if (!only) return overloads;
    wanted.push(only);
  }
  const fitting = overloads.filter(({ args }) => args.every((arg, i) => categoryOf(arg) === wanted[i]));
  return fitting.length ? fitting : overloads;
}

/** When all known arguments have the same type: the meanings in which open literals can be of this type too. */
function ofKnownType(overloads: Overload[], types: ArgumentTypes): Overload[] {
  const distinct = new Set(types);
  const known = types.find((type) => type !== undefined);
  if (distinct.size !== 2 || !distinct.has(undefined) || !known) return overloads;
  return castable(
    overloads,
    types.map(() => known),
  );
}

/** The overload with its polymorphic types filled in, undefined when the arguments cannot be cast to its types. */
function unify(overload: Overload, types: ArgumentTypes): Overload | undefined {
  let element: ElectricType | undefined;
  const compatible: ElectricType[] = [];
  for (const [i, target] of overload.args.entries()) {
    const type = types[i];
    if (type === undefined || type === target) continue;
    if (target === "anyarray" || target === "anyenum") {
      const inner = simpleElement(target, type);
      if (inner === undefined || (element !== undefined && element !== inner)) return undefined;
      element = inner;
    } else if (target === "anycompatible") {
      compatible.push(type);
    } else if (target === "anycompatiblearray") {
      if (!isArrayType(type)) return undefined;
      compatible.push(elementType(type));
    } else if (!castsTo(type, target)) {
      return undefined;
    }
  }
  const shared = compatible.length ? consensus(compatible) : "text";
  if (shared === undefined) return undefined;
  const real = (type: ElectricType): ElectricType => {
    if (type === "anyarray") return `${element ?? "text"}[]`;
    if (type === "anyenum") return element ?? "enum text";
    if (type === "anycompatible") return shared;
    return type === "anycompatiblearray" ? `${shared}[]` : type;
  };
  return { ...overload, args: overload.args.map(real), returns: real(overload.returns) };
}

/** What `anyarray` or `anyenum` stands for, given the type of an argument. */
function simpleElement(target: "anyarray" | "anyenum", type: ElectricType): ElectricType | undefined {
  if (target === "anyenum") return isEnum(type) ? type : undefined;
  return isArrayType(type) ? elementType(type) : undefined;
}

function castsTo(from: ElectricType, to: ElectricType): boolean {
  return isArrayType(from) && isArrayType(to)
    ? castsImplicitly(elementType(from), elementType(to))
    : castsImplicitly(from, to);
}

/** The type to which all types can be cast: the first one, unless a later one is wider. */
function consensus(types: ElectricType[]): ElectricType | undefined {
  let [chosen] = types;
  if (chosen === undefined) return undefined;
  for (const type of types) {
    const category = categoryOf(type);
    // Electric answers with an internal error here; a refusal says the same to the client and does no harm.
    if (category === undefined) throw new WhereError(`unsupported type ${type}`);
    if (category !== categoryOf(chosen)) return undefined;
    if (!isPreferred(chosen) && castsImplicitly(chosen, type) && !castsImplicitly(type, chosen)) {
      chosen = type;
    }
  }
  const target = chosen;
  return types.every((type) => castsImplicitly(type, target)) ? target : undefined;
}

/** The overloads in which the most arguments pass the test. */
function withMost(overloads: Overload[], test: (arg: ElectricType, i: number) => boolean): Overload[] {
  const scores = overloads.map(({ args }) => args.filter(test).length);
  const most = Math.max(...scores);
  return overloads.filter((_, i) => scores[i] === most);
}
