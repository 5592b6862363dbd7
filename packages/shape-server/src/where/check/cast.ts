import { displayName, namePath } from "../syntax/names.ts";
import type { NodeOf } from "../syntax/node.ts";
import { refusedAt, WhereError } from "../syntax/where-error.ts";
import { elementType, isArrayType } from "../values/pg-types.ts";
import { readsLiteral } from "./electric-literal.ts";
import { baseName, castsImplicitly, type ElectricType, explicitCast, isCastable } from "./electric-types.ts";
import { type Check, type CheckScope, callTerm, type Term } from "./term.ts";

/**
 * Gives an open term a type. Other terms stay as they are.
 * @throws WhereError when Electric does not read the term's text as a value of the type
 */
export function castOpen(term: Term, type: ElectricType, scope: CheckScope): Term {
  if (term.kind !== "open") return term;
  const { value, location, parameter } = term;
  if (value !== null && value !== undefined && !readsLiteral(value, type, scope.allowEnumLiterals)) {
    throw refusedAt(location, `invalid syntax for type ${type}: ${value}`);
  }
  return settled({ kind: "const", type, value, location, parameter }, scope);
}

/** Makes an open term text, which it is when no neighbour decides otherwise. NULL stays of unknown type. */
export function openAsText(term: Term, scope: CheckScope): Term {
  return term.kind === "open" ? settled(asText(term), scope) : term;
}

function asText(open: Term): Term {
  return { ...open, kind: "const", type: open.value === null ? "unknown" : "text" };
}

/** The first use of a parameter settles its type. Electric refuses another type in a later use. */
function settled(term: Term, scope: CheckScope): Term {
  if (term.parameter === undefined) return term;
  const known = scope.paramTypes.get(term.parameter);
  if (known !== undefined && known !== term.type) {
    throw new WhereError(`type conflict for $${term.parameter}: ${term.type} and ${known}`);
  }
  scope.paramTypes.set(term.parameter, term.type);
  return term;
}

/**
 * Casts arguments to the types of a chosen operator or function.
 * @throws WhereError when a literal is no value of its type
 */
export function coerceArguments(args: Term[], types: ElectricType[], scope: CheckScope): void {
  for (const [i, arg] of args.entries()) {
    const type = types[i] ?? arg.type;
    const term = castOpen(arg, type, scope);
    if (term.type === type) continue;
    const fits =
      isArrayType(term.type) && isArrayType(type)
        ? castsImplicitly(elementType(term.type), elementType(type))
        : castsImplicitly(term.type, type);
    if (!fits) throw refusedAt(term.location, `${term.type} cannot be matched to ${type}`);
  }
}

/**
 * An explicit cast, `x::type` or `CAST(x AS type)`.
 * @throws WhereError for an unknown type, an unknown cast, and a constant that the cast cannot convert
 */
export function checkCast({ arg, typeName }: NodeOf<"TypeCast">, scope: CheckScope, check: Check): Term {
  if (!arg || !typeName) throw refusedAt(0, "TypeCast is not supported in this context");
  const term = check(arg, scope);
  return castTo(term, namedType(typeName), scope);
}

function namedType({ names, arrayBounds, location }: NodeOf<"TypeName">): ElectricType {
  const path = namePath(names);
  const isBuiltin = path.length === 2 && path[0] === "pg_catalog";
  const name = isBuiltin ? path[1] : path.length === 1 ? path[0] : undefined;
  if (name === undefined || !isCastable(name)) {
    throw refusedAt(location ?? 0, `unsupported type ${displayName(path)}`);
  }
  return arrayBounds?.length ? `${name}[]` : name;
}

function castTo(arg: Term, type: ElectricType, scope: CheckScope): Term {
  const isOpen = arg.kind === "open";
  const term = isOpen ? asText(arg) : arg;
  if (term.type === type) return isOpen ? settled(term, scope) : term;
  const way = explicitCast(term.type, type);
  if (!way) throw refusedAt(term.location, `unknown cast from type ${term.type} to type ${type}`);
  if (term.kind === "const") {
    if (way !== "as-is" && !castsValue(term, type)) {
      const shown = term.type === "text" ? JSON.stringify(term.value) : term.value;
      throw refusedAt(term.location, `could not cast value ${shown} from ${term.type} to ${type}`);
    }
    return settled({ ...term, type }, scope);
  }
  if (way === "as-is") return { ...term, type };
  // Electric drops the brackets of an array type that it casts item by item.
  return callTerm(`${term.type}_to_${type}`, way === "each" ? baseName(type) : type, term.location);
}

function castsValue({ value, type }: Term, target: ElectricType): boolean {
  if (value === null || value === undefined) return true;
  if (type === "text") return readsLiteral(value, target, false);
  if (type === "int4" && target === "bool") return !value.startsWith("-");
  return true;
}
