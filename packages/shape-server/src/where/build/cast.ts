import { namePath } from "../syntax/names.ts";
import type { NodeOf } from "../syntax/node.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { electricText } from "../values/electric-text.ts";
import type { PgType } from "../values/pg-types.ts";
import { limitedTo } from "../values/type-modifier.ts";
import { arrayConstructor } from "./array.ts";
import type { Build, BuildScope } from "./scope.ts";
import { coerce, folded, mapped, type Typed } from "./typed.ts";

/**
 * An explicit cast, `x::type`, with the length or precision that the type may carry. A cast to text reads as in
 * Electric, which differs from Postgres for some types.
 * @throws WhereError when there is no such cast
 */
export function typeCast(
  { arg, typeName, location = 0 }: NodeOf<"TypeCast">,
  scope: BuildScope,
  build: Build,
): Typed {
  if (!arg || !typeName) throw refusedAt(location, "the cast has no argument");
  const base = namePath(typeName.names).at(-1) ?? "text";
  const isArray = (typeName.arrayBounds?.length ?? 0) > 0;
  const type: PgType = isArray ? `${base}[]` : base;
  const typed =
    "A_ArrayExpr" in arg && isArray
      ? arrayConstructor(arg.A_ArrayExpr, scope, build, base)
      : build(arg, scope);
  const toElectric = type === "text" && typed.open === undefined ? electricText(typed.type) : undefined;
  const asPostgres = coerce(typed, type, scope.failures);
  const cast = toElectric ? folded(mapped(asPostgres, type, toElectric), scope.failures) : asPostgres;
  const modifiers = (typeName.typmods ?? []).flatMap((node) =>
    "A_Const" in node && node.A_Const.ival ? [node.A_Const.ival.ival ?? 0] : [],
  );
  if (isArray || modifiers.length === 0) return cast;
  const limit = limitedTo(base, modifiers, typed.open);
  return limit ? folded(mapped(cast, type, limit), scope.failures) : cast;
}
