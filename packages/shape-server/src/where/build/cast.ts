import type { Node } from "@pgsql/types";
import { names } from "../syntax/identifier.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { electricText } from "../values/electric-text.ts";
import type { PgType } from "../values/pg-types.ts";
import { limitedTo } from "../values/type-modifier.ts";
import { arrayConstructor } from "./array.ts";
import { type BuildScope, build } from "./build.ts";
import { coerce, folded, mapped, type Typed } from "./typed.ts";

type Cast = Extract<Node, { TypeCast: unknown }>["TypeCast"];

/** `x::type`, with the length or precision that the type carries. */
export function typeCast({ arg, typeName, location }: Cast, scope: BuildScope): Typed {
  if (!arg || !typeName) throw refusedAt(location ?? 0, "the cast has no argument");
  const base = names(typeName.names).at(-1) ?? "text";
  const isArray = (typeName.arrayBounds?.length ?? 0) > 0;
  const type: PgType = isArray ? `${base}[]` : base;
  const typed =
    "A_ArrayExpr" in arg && isArray
      ? arrayConstructor(arg.A_ArrayExpr.elements ?? [], arg.A_ArrayExpr.location ?? 0, scope, base)
      : build(arg, scope);
  const inElectric = type === "text" && typed.open === undefined ? electricText(typed.type) : undefined;
  const asPostgres = coerce(typed, type, scope.failures);
  const cast = inElectric ? folded(mapped(asPostgres, type, inElectric), scope.failures) : asPostgres;
  const modifiers = (typeName.typmods ?? []).flatMap((node) => {
    return "A_Const" in node && node.A_Const.ival ? [node.A_Const.ival.ival ?? 0] : [];
  });
  if (isArray || modifiers.length === 0) return cast;
  const limit = limitedTo(base, modifiers, typed.open);
  return limit ? folded(mapped(cast, type, limit), scope.failures) : cast;
}
