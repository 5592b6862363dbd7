import { commonType } from "../values/pg-types.ts";
import { comparedText, textAmong } from "./compared-text.ts";
import { combined } from "./logic.ts";
import { binary, kernel, pickOperator } from "./operator.ts";
import { quantified } from "./quantified.ts";
import type { BuildScope } from "./scope.ts";
import { coerce, constantValue, folded, type Run, type Typed } from "./typed.ts";

/**
 * `x IN (…)`. As in Postgres, two or more constants get one common type and are compared as an array. Items with
 * columns, and constants without a common type, are compared one by one.
 * Source: https://github.com/postgres/postgres/blob/master/src/backend/parser/parse_expr.c (`transformAExprIn`)
 * @throws WhereError when Postgres cannot compare the types
 */
export function inList(left: Typed, items: Typed[], location: number, scope: BuildScope): Typed {
  const constants = items.filter((item) => item.constant);
  const type =
    constants.length > 1 ? commonType([left.type, ...constants.map((item) => item.type)]) : undefined;
  const isEqual = (item: Typed) => binary("=", left, item, location, scope);
  if (!type) return folded(combined(items.map(isEqual), true, location), scope.failures);

  const ofOneType = constants.map((item) => coerce(item, type, scope.failures));
  const [leftType = type, itemType = type] = pickOperator("=", [left.type, type], location).args;
  const list = ofOneType.map((item) => coerce(item, itemType, scope.failures));
  // An item that cannot be computed is among the failures of the scope already.
  if (list.some((item) => constantValue(item) === undefined)) {
    return combined(list.map(isEqual), true, location);
  }
  const values = list.map((item) => constantValue(item) ?? null);
  const texts = list.map((item) => comparedText(left, leftType, item));
  const decidedByText = texts.every((text, i) => text !== undefined || values[i] === null);
  const byValue = (): Run => {
    const test = kernel("=", leftType, itemType, "bool", location);
    return quantified(coerce(left, leftType, scope.failures).run, () => values, test, true);
  };
  const run = decidedByText ? textAmong(left, texts, values.includes(null)) : byValue();
  const among: Typed = { type: "bool", constant: left.constant, location, run };
  const others = items.filter((item) => !item.constant).map(isEqual);
  return folded(others.length ? combined([among, ...others], true, location) : among, scope.failures);
}
