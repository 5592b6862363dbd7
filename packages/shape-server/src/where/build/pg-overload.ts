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
 * Postgres' choice among the operators of a name.
 * Source: https://www.postgresql.org/docs/current/typeconv-oper.html
 * @param types the types of the operands, `unknown` for an open literal
 * @returns the operator with real types in place of polymorphic ones, undefined when none or more than one fits
 */
export function chooseOperator(candidates: PgOperator[], types: PgType[]): PgOperator | undefined {
  return choose(candidates, types, ofSameType(candidates, types));
}

/**
 * Postgres' choice among the functions of a name.
 * Source: https://www.postgresql.org/docs/current/typeconv-func.html
 * @returns as `chooseOperator`
 */
export function chooseFunction(candidates: PgOperator[], types: PgType[]): PgOperator | undefined {
  return choose(candidates, types, undefined);
}

/** Polymorphic types that take their meaning from an argument, which cannot be an open literal. */
const genericTypes = new Set(["anyarray", "anyenum", "anynonarray"]);

function choose(
  candidates: PgOperator[],
  types: PgType[],
  fallback: PgOperator | undefined,
): PgOperator | undefined {
  const picked = candidates.find(({ args }) => same(args, types)) ?? fallback ?? narrow(candidates, types);
  if (!picked) return undefined;
  const isOpen = types.every((type) => type === "unknown");
  if (isOpen && picked.args.some((arg) => genericTypes.has(arg))) return undefined;
  return fill(picked, types);
}

/** The operator on two operands of one type, when one operand has this type and the other is an open literal. */
function ofSameType(candidates: PgOperator[], types: PgType[]): PgOperator | undefined {
  const [known, ...others] = types.filter((type) => type !== "unknown");
  if (types.length !== 2 || known === undefined || others.length > 0) return undefined;
  return candidates.find(({ args }) => args.every((arg) => arg === known));
}

/** Narrows the candidates step by step, as long as more than one is left. */
function narrow(candidates: PgOperator[], types: PgType[]): PgOperator | undefined {
  let left = candidates.filter((candidate) => accepts(candidate, types));
  for (const step of [mostExact, mostPreferred, ofOneCategory, ofKnownType]) {
    if (left.length <= 1) break;
    left = step(left, types);
  }
  return left.length === 1 ? left[0] : undefined;
}

function accepts(candidate: PgOperator, types: PgType[]): boolean {
  const coerces = candidate.args.every((arg, i) => coercible(types[i] ?? "unknown", arg));
  return coerces && fill(candidate, types) !== undefined;
}

function mostExact(candidates: PgOperator[], types: PgType[]): PgOperator[] {
  return withMost(candidates, (arg, i) => types[i] !== "unknown" && arg === types[i]);
}

function mostPreferred(candidates: PgOperator[], types: PgType[]): PgOperator[] {
  return withMost(candidates, (arg, i) => {
    const type = types[i] ?? "unknown";
    if (type === "unknown") return false;
    return arg === type || (isPreferredType(arg) && pgCategory(arg) === pgCategory(type));
  });
}

/** Open literals take the string category if a candidate offers it, else the only category that candidates offer. */
function ofOneCategory(candidates: PgOperator[], types: PgType[]): PgOperator[] {
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

/** When all known operands have one type, open literals are taken to be of this type too. */
function ofKnownType(candidates: PgOperator[], types: PgType[]): PgOperator[] {
  const [known, ...others] = new Set(types.filter((type) => type !== "unknown"));
  if (known === undefined || others.length > 0) return [];
  const assumed = types.map(() => known);
  return candidates.filter((candidate) => accepts(candidate, assumed));
}

/** The candidates in which the most arguments pass the test. */
function withMost(candidates: PgOperator[], test: (arg: PgType, i: number) => boolean): PgOperator[] {
  const scores = candidates.map(({ args }) => args.filter(test).length);
  const most = Math.max(...scores);
  return candidates.filter((_, i) => scores[i] === most);
}

/** Puts real types in place of polymorphic ones; undefined when the arguments do not agree on them. */
function fill({ args, returns }: PgOperator, types: PgType[]): PgOperator | undefined {
  let element: PgType | undefined;
  const compatible: PgType[] = [];
  for (const [i, arg] of args.entries()) {
    const type = types[i] ?? "unknown";
    if (type === "unknown") continue;
    if (genericTypes.has(arg)) {
      const inner = arg === "anyarray" ? elementType(type) : type;
      if (element !== undefined && element !== inner) return undefined;
      element = inner;
    } else if (arg === "anycompatible") {
      compatible.push(type);
    } else if (arg === "anycompatiblearray") {
      if (!isArrayType(type)) return undefined;
      compatible.push(elementType(type));
    }
  }
  const shared = commonType(compatible);
  if (shared === undefined) return undefined;
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
