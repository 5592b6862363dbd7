import { elementType } from "../values/pg-types.ts";
import { asArray, type Value } from "../values/value.ts";
import { type Kernel, kernel, pickOperator } from "./operator.ts";
import type { BuildScope } from "./scope.ts";
import { coerce, type Frame, folded, type Run, type Typed } from "./typed.ts";

/**
 * `x operator ANY (array)`, or ALL.
 * Source: https://www.postgresql.org/docs/current/functions-comparisons.html
 * @throws WhereError when Postgres has no such operator for the types
 */
export function anyOrAll(
  name: string,
  left: Typed,
  right: Typed,
  isAny: boolean,
  location: number,
  scope: BuildScope,
): Typed {
  const element = right.open === undefined ? elementType(right.type) : "unknown";
  const picked = pickOperator(name, [left.type, element], location);
  const [leftType = left.type, itemType = element] = picked.args;
  const value = coerce(left, leftType, scope.failures).run;
  const array = coerce(right, `${itemType}[]`, scope.failures).run;
  const test = kernel(name, leftType, itemType, picked.returns, location);
  const items = (frame: Frame) => itemsOrNull(array(frame));
  const run = quantified(value, items, test, isAny);
  return folded({ type: "bool", constant: left.constant && right.constant, location, run }, scope.failures);
}

function itemsOrNull(array: Value | null): (Value | null)[] | null {
  return array === null ? null : asArray(array).items;
}

/** Tests a value against each item of a list. An empty list decides even when the value is NULL. */
export function quantified(
  left: Run,
  list: (frame: Frame) => (Value | null)[] | null,
  test: Kernel,
  isAny: boolean,
): Run {
  return (frame) => {
    const value = left(frame);
    const items = list(frame);
    if (items === null) return null;
    if (items.length === 0) return !isAny;
    if (value === null) return null;
    let isUnknown = false;
    for (const item of items) {
      if (item === null) isUnknown = true;
      else if (test(value, item) === isAny) return isAny;
    }
    return isUnknown ? null : !isAny;
  };
}
