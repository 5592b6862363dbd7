import {
  coercible,
  commonType,
  elementType,
  isArrayType,
  isPreferredType,
  type PgType,
  pgCategory,
} from "../values/pg-types.ts";
import type { PgOperator } from "./pg-operators.ts";

/**
 * Postgres' choice among operators or functions
 * (https://www.postgresql.org/docs/current/typeconv-oper.html), with polymorphic types filled in.
 */
export function choose(candidates: PgOperator[], types: PgType[], isOperator: boolean): PgOperator | null {
  const exact =
    candidates.find(({ args }) => same(args, types)) ?? (isOperator ? assumed(candidates, types) : null);
  const picked = exact ?? narrow(candidates, types);
  if (picked?.args.every((arg) => !GENERIC.has(arg)) || types.some((type) => type !== "unknown")) {
    return picked && fill(picked, types);
  }
  // An open literal alone cannot tell what a polymorphic type is.
  return null;
}

const GENERIC = new Set(["anyarray", "anyenum", "anynonarray"]);

function assumed(candidates: PgOperator[], types: PgType[]): PgOperator | null {
  const known = types.filter((type) => type !== "unknown");
  if (types.length !== 2 || known.length !== 1) return null;
  return candidates.find(({ args }) => args.every((arg) => arg === known[0])) ?? null;
}

function narrow(all: PgOperator[], types: PgType[]): PgOperator | null {
  let left = all.filter(
    (candidate) =>
      candidate.args.every((arg, i) => coercible(types[i] ?? "unknown", arg)) && fill(candidate, types),
  );
  const known = (i: number) => types[i] !== "unknown";
  const single = () => (left.length === 1 ? (left[0] ?? null) : null);
  if (left.length <= 1) return single();
  left = most(left, (arg, i) => known(i) && arg === types[i]);
  if (left.length <= 1) return single();
  left = most(left, (arg, i) => {
    const type = types[i] ?? "unknown";
    return known(i) && (arg === type || (isPreferredType(arg) && pgCategory(arg) === pgCategory(type)));
  });
  if (left.length <= 1 || types.every((_, i) => known(i))) return single();
  left = byCategory(left, types);
  if (left.length <= 1) return single();
  const kinds = new Set(types.filter((type) => type !== "unknown"));
  const [only] = kinds;
  if (kinds.size !== 1 || only === undefined) return null;
  const assumedTypes = types.map(() => only);
  left = left.filter(
    (candidate) => candidate.args.every((arg) => coercible(only, arg)) && fill(candidate, assumedTypes),
  );
  return single();
}

function byCategory(candidates: PgOperator[], types: PgType[]): PgOperator[] {
  const wanted = new Map<number, { category: string; preferred: boolean }>();
  for (const [i, type] of types.entries()) {
    if (type !== "unknown") continue;
    const offered = candidates.map(({ args }) => args[i] ?? "");
    const categories = new Set(offered.map(pgCategory));
    const category = categories.has("S") ? "S" : categories.size === 1 ? [...categories][0] : undefined;
    if (category === undefined) return candidates;
    const preferred = offered.some((arg) => pgCategory(arg) === category && isPreferredType(arg));
    wanted.set(i, { category, preferred });
  }
  const fitting = candidates.filter(({ args }) =>
    [...wanted].every(([i, { category, preferred }]) => {
      const arg = args[i] ?? "";
      return pgCategory(arg) === category && (!preferred || isPreferredType(arg));
    }),
  );
  return fitting.length ? fitting : candidates;
}

function most(candidates: PgOperator[], wanted: (arg: PgType, i: number) => boolean): PgOperator[] {
  const scores = candidates.map(({ args }) => args.filter(wanted).length);
  const best = Math.max(...scores);
  return candidates.filter((_, i) => scores[i] === best);
}

/** Puts real types where polymorphic ones stand; null when they do not agree. */
function fill({ args, returns }: PgOperator, types: PgType[]): PgOperator | null {
  let element: PgType | undefined;
  const compatible: PgType[] = [];
  for (const [i, arg] of args.entries()) {
    const type = types[i] ?? "unknown";
    if (type === "unknown") continue;
    if (arg === "anyarray") {
      if (element !== undefined && element !== elementType(type)) return null;
      element = elementType(type);
    } else if (arg === "anyenum" || arg === "anynonarray") {
      if (element !== undefined && element !== type) return null;
      element = type;
    } else if (arg === "anycompatible") {
      compatible.push(type);
    } else if (arg === "anycompatiblearray") {
      if (!isArrayType(type)) return null;
      compatible.push(elementType(type));
    }
  }
  const shared = commonType(compatible);
  if (shared === null) return null;
  const real = (type: PgType): PgType => {
    if (type === "anyarray") return `${element ?? "text"}[]`;
    if (type === "anyenum" || type === "anynonarray") return element ?? "text";
    if (type === "anycompatible") return shared;
    return type === "anycompatiblearray" ? `${shared}[]` : type;
  };
  return { args: args.map(real), returns: real(returns) };
}

function same(args: PgType[], types: PgType[]): boolean {
  return args.length === types.length && args.every((arg, i) => arg === types[i]);
}
