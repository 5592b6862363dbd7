import { refusedAt, WhereError } from "../syntax/where-error.ts";
import type { Term } from "./array.ts";
import type { CheckScope } from "./check.ts";
import { readsLiteral } from "./electric-literal.ts";
import {
  baseName,
  castsImplicitly,
  type ElectricType,
  elementOf,
  explicitCast,
  isArray,
} from "./electric-types.ts";

/** Gives an open literal a type, which must be able to read it; other terms stay. */
export function castOpen(term: Term, type: ElectricType, scope: CheckScope): Term {
  if (term.kind !== "open") return term;
  const { value, loc } = term;
  if (value !== null && value !== undefined && !readsLiteral(value, type, scope.allowEnums)) {
    throw refusedAt(loc, `invalid syntax for type ${type}: ${value}`);
  }
  return resolve({ kind: "const", type, value, loc, param: term.param }, scope);
}

/** An open literal on its own is text. */
export function openAsText(term: Term, scope: CheckScope): Term {
  if (term.kind !== "open") return term;
  return resolve({ ...term, kind: "const", type: term.value === null ? "unknown" : "text" }, scope);
}

/** The first use of a parameter fixes its type. */
function resolve(term: Term, scope: CheckScope): Term {
  if (term.param === undefined) return term;
  const known = scope.resolved.get(term.param);
  if (known !== undefined && known !== term.type) {
    throw new WhereError(`type conflict for $${term.param}: ${term.type} and ${known}`);
  }
  scope.resolved.set(term.param, term.type);
  return term;
}

/** Casts arguments to the types of an operator or function; those were chosen so that it works. */
export function coerceArguments(args: Term[], types: ElectricType[], scope: CheckScope): Term[] {
  return args.map((arg, i) => {
    const type = types[i] ?? arg.type;
    const term = castOpen(arg, type, scope);
    if (term.type === type) return term;
    const fits =
      isArray(term.type) && isArray(type)
        ? castsImplicitly(elementOf(term.type), elementOf(type))
        : castsImplicitly(term.type, type);
    if (!fits) throw refusedAt(term.loc, `${term.type} cannot be matched to ${type}`);
    return term.type === "date" ? { ...term, kind: "func", type, name: "date_to_timestamp" } : term;
  });
}

/** An explicit cast, `x::type`. */
export function checkCast(arg: Term, type: ElectricType, scope: CheckScope): Term {
  const open = arg.kind === "open";
  const term = open ? { ...arg, kind: "const" as const, type: arg.value === null ? "unknown" : "text" } : arg;
  if (term.type === type && !open) return term;
  if (term.type === type) return resolve({ ...term, type }, scope);
  const way = explicitCast(term.type, type);
  if (way === null) throw refusedAt(term.loc, `unknown cast from type ${term.type} to type ${type}`);
  const isConstant = term.kind === "const";
  if (isConstant && way !== "as-is") {
    if (!castsValue(term, type)) {
      const told = term.type === "text" ? JSON.stringify(term.value) : term.value;
      throw refusedAt(term.loc, `could not cast value ${told} from ${term.type} to ${type}`);
    }
    return resolve({ ...term, type, value: term.value }, scope);
  }
  if (isConstant) return resolve({ ...term, type }, scope);
  if (way === "as-is") return { ...term, type };
  const name = `${term.type}_to_${type}`;
  // Electric forgets the brackets of an array that is cast item by item.
  return { kind: "func", type: way === "each" ? baseName(type) : type, loc: term.loc, name };
}

function castsValue({ value, type }: Term, target: ElectricType): boolean {
  if (value === null || value === undefined) return true;
  if (type === "text") return readsLiteral(value, target, false);
  if (type === "int4" && target === "bool") return !value.startsWith("-");
  return true;
}
