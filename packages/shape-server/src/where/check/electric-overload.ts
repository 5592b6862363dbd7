import { WhereError } from "../syntax/where-error.ts";
import type { Overload } from "./electric-operators.ts";
import {
  castsImplicitly,
  categoryOf,
  type ElectricType,
  elementOf,
  isArray,
  isEnum,
  isPreferred,
} from "./electric-types.ts";

/** The types of the arguments; null is a literal whose type is still open. */
type ArgumentTypes = (ElectricType | null)[];

/**
 * Picks the meaning of an operator or function as Electric does. It is Postgres' rule with differences: an open
 * literal beside a known operand is not first taken for the same type, and its preferred types count.
 */
export function pickOverload(choices: Overload[], types: ArgumentTypes): Overload | null {
  return exact(choices, types) ?? byRules(choices, types);
}

function exact(choices: Overload[], types: ArgumentTypes): Overload | null {
  if (types.includes(null)) return null;
  return choices.find(({ args }) => args.every((arg, i) => arg === types[i])) ?? null;
}

function byRules(choices: Overload[], types: ArgumentTypes): Overload | null {
  const steps = [castable, mostExact, mostPreferred, sameCategory, asTheKnown];
  let left = choices;
  for (const step of steps) {
    left = step(left, types);
    if (left.length <= 1) break;
  }
  return left.length === 1 ? (left[0] ?? null) : null;
}

function castable(choices: Overload[], types: ArgumentTypes): Overload[] {
  return choices.flatMap((choice) => unify(choice, types) ?? []);
}

function mostExact(choices: Overload[], types: ArgumentTypes): Overload[] {
  return best(choices, ({ args }) => count(args, (arg, i) => arg === types[i]));
}

function mostPreferred(choices: Overload[], types: ArgumentTypes): Overload[] {
  return best(choices, ({ args }) => count(args, (arg, i) => arg !== types[i] && isPreferred(arg)));
}

/** Where all literals are open, take a meaning for strings, or the category on which all meanings agree. */
function sameCategory(choices: Overload[], types: ArgumentTypes): Overload[] {
  if (types.some((type) => type !== null)) return choices;
  const wanted: string[] = [];
  for (let i = 0; i < types.length; i++) {
    const offered = new Set(choices.map(({ args }) => categoryOf(args[i] ?? "") ?? "enum"));
    const only = offered.has("string") ? "string" : offered.size === 1 ? [...offered][0] : undefined;
    if (!only) return choices;
    wanted.push(only);
  }
  const fitting = choices.filter(({ args }) => args.every((arg, i) => categoryOf(arg) === wanted[i]));
  return fitting.length ? fitting : choices;
}

function asTheKnown(choices: Overload[], types: ArgumentTypes): Overload[] {
  const kinds = new Set(types);
  const known = [...kinds].find((type) => type !== null);
  if (kinds.size !== 2 || !kinds.has(null) || !known) return choices;
  return castable(
    choices,
    types.map(() => known),
  );
}

/** The overload with its polymorphic types filled in, or null when the arguments cannot be cast to it. */
function unify(choice: Overload, types: ArgumentTypes): Overload | null {
  let simple: ElectricType | null = null;
  const common: { type: ElectricType; array: boolean }[] = [];
  for (const [i, target] of choice.args.entries()) {
    const type = types[i];
    if (type === null || type === undefined || type === target) continue;
    if (target === "anyarray" || target === "anyenum") {
      const inner: ElectricType | null =
        target === "anyenum" ? (isEnum(type) ? type : null) : isArray(type) ? elementOf(type) : null;
      if (inner === null || (simple !== null && simple !== inner)) return null;
      simple = inner;
    } else if (target === "anycompatible" || target === "anycompatiblearray") {
      if (target === "anycompatiblearray" && !isArray(type)) return null;
      common.push({
        type: target === "anycompatible" ? type : elementOf(type),
        array: target !== "anycompatible",
      });
    } else if (isArray(type) && isArray(target)) {
      if (!castsImplicitly(elementOf(type), elementOf(target))) return null;
    } else if (!castsImplicitly(type, target)) {
      return null;
    }
  }
  const shared = common.length ? consensus(common.map(({ type }) => type)) : "text";
  if (shared === null) return null;
  const fill = (type: ElectricType): ElectricType => {
    if (type === "anyarray") return `${simple ?? "text"}[]`;
    if (type === "anyenum") return simple ?? "enum text";
    if (type === "anycompatible") return shared;
    return type === "anycompatiblearray" ? `${shared}[]` : type;
  };
  return { ...choice, args: choice.args.map(fill), returns: fill(choice.returns) };
}

/** The type to which all of them can be cast: the first, unless a later one is wider. */
function consensus(types: ElectricType[]): ElectricType | null {
  let [chosen] = types;
  if (chosen === undefined) return null;
  for (const type of types) {
    const category = categoryOf(type);
    // Electric fails with an internal error on a type without a category; a refusal says the same more kindly.
    if (category === null) throw new WhereError(`unsupported type ${type}`);
    if (category !== categoryOf(chosen)) return null;
    if (!isPreferred(chosen) && castsImplicitly(chosen, type) && !castsImplicitly(type, chosen))
      chosen = type;
  }
  const target = chosen;
  return types.every((type) => castsImplicitly(type, target)) ? target : null;
}

function best(choices: Overload[], score: (choice: Overload) => number): Overload[] {
  const scores = choices.map(score);
  const most = Math.max(...scores);
  return choices.filter((_, i) => scores[i] === most);
}

function count(args: ElectricType[], wanted: (arg: ElectricType, i: number) => boolean): number {
  return args.filter(wanted).length;
}
