import type { Node } from "@pgsql/types";
import { names } from "../syntax/identifier.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { commonType, elementType } from "../values/pg-types.ts";
import { asArray, type Value } from "../values/value.ts";
import { type BuildScope, build, combined } from "./build.ts";
import { binary, comparedText, type Kernel, kernel, pick, unary } from "./operator.ts";
import { coerce, constantValue, folded, mapped, type Run, type Typed } from "./typed.ts";

type Expression = Extract<Node, { A_Expr: unknown }>["A_Expr"];

/** Operators and the special forms that the grammar makes of them. */
export function expression(expr: Expression, scope: BuildScope): Typed {
  const loc = expr.location ?? 0;
  const name = names(expr.name).at(-1) ?? "";
  const kind = expr.kind ?? "AEXPR_OP";
  const left = expr.lexpr && build(expr.lexpr, scope);
  if (kind === "AEXPR_IN" && left) {
    const found = inList(left, itemsOf(expr), loc, scope);
    return name === "<>" ? negated(found, scope) : found;
  }
  if (kind.includes("BETWEEN") && left) {
    const [low, high] = itemsOf(expr).map((item) => build(item, scope));
    if (!low || !high) throw refusedAt(loc, "BETWEEN needs two bounds");
    const within = (from: Typed, to: Typed) =>
      combined([binary(">=", left, from, loc, scope), binary("<=", left, to, loc, scope)], false, loc);
    const symmetric = kind.endsWith("_SYM") && combined([within(low, high), within(high, low)], true, loc);
    const found = folded(symmetric || within(low, high), scope.failures);
    return kind.includes("NOT") ? negated(found, scope) : found;
  }
  if (!expr.rexpr) throw refusedAt(loc, `operator ${name} has no operand`);
  const right = build(expr.rexpr, scope);
  if (!left) return unary(name, right, loc, scope);
  switch (kind) {
    case "AEXPR_DISTINCT":
      return distinct(left, right, true, loc, scope);
    case "AEXPR_NOT_DISTINCT":
      return distinct(left, right, false, loc, scope);
    case "AEXPR_OP_ANY":
    case "AEXPR_OP_ALL":
      return anyOrAll(name, left, right, kind === "AEXPR_OP_ANY", loc, scope);
    default:
      return binary(name, left, right, loc, scope);
  }
}

function itemsOf(expr: Expression): Node[] {
  return expr.rexpr && "List" in expr.rexpr ? (expr.rexpr.List.items ?? []) : [];
}

function negated(typed: Typed, scope: BuildScope): Typed {
  return folded(
    mapped(typed, "bool", (value) => value !== true),
    scope.failures,
  );
}

function distinct(left: Typed, right: Typed, wanted: boolean, loc: number, scope: BuildScope): Typed {
  const equal = pick("=", [left.type, right.type], loc);
  const [a, b] = [left, right].map((side, i) => coerce(side, equal.args[i] ?? side.type, scope.failures).run);
  if (!a || !b) throw refusedAt(loc, "IS DISTINCT FROM needs two operands");
  const same = kernel("=", equal.args[0] ?? "", equal.args[1] ?? "", "bool", loc);
  const run: Run = (frame) => {
    const [x, y] = [a(frame), b(frame)];
    return (x === null || y === null ? x !== y : same(x, y) !== true) === wanted;
  };
  return folded({ type: "bool", constant: left.constant && right.constant, loc, run }, scope.failures);
}

/**
 * `x IN (…)`. As in Postgres, two or more items without columns get one common type and are compared as an array;
 * items with columns, and lists without a common type, are compared one by one.
 */
function inList(left: Typed, nodes: Node[], loc: number, scope: BuildScope): Typed {
  const items = nodes.map((node) => build(node, scope));
  const fixed = items.filter((item) => item.constant);
  const type = fixed.length > 1 ? commonType([left.type, ...fixed.map((item) => item.type)]) : null;
  const single = (item: Typed) => binary("=", left, item, loc, scope);
  if (!type) return folded(combined(items.map(single), true, loc), scope.failures);
  const values = fixed.map((item) => coerce(item, type, scope.failures));
  const picked = pick("=", [left.type, type], loc);
  const [leftType = type, itemType = type] = picked.args;
  const list = values.map((value) => coerce(value, itemType, scope.failures));
  const known = list.map((item) => constantValue(item));
  if (known.includes(undefined)) return combined(list.map(single), true, loc);
  const texts = list.map((item) => comparedText(left, leftType, item));
  const among: Typed = {
    type: "bool",
    constant: left.constant,
    loc,
    run: texts.every((text, i) => text !== undefined || known[i] === null)
      ? byText(left, texts, known.includes(null))
      : quantified(
          coerce(left, leftType, scope.failures).run,
          () => known.map((value) => value ?? null),
          kernel("=", leftType, itemType, "bool", loc),
          true,
        ),
  };
  const others = items.filter((item) => !item.constant).map(single);
  return folded(others.length ? combined([among, ...others], true, loc) : among, scope.failures);
}

/** A long list costs one look-up. */
function byText(column: Typed, texts: (string | undefined)[], hasNull: boolean): Run {
  const wanted = new Set(texts);
  const name = column.column ?? "";
  return (frame) => {
    const text = frame.row[name];
    if (text === null) return null;
    if (text === undefined) return column.run(frame);
    return wanted.has(text) || (hasNull ? null : false);
  };
}

function anyOrAll(
  name: string,
  left: Typed,
  right: Typed,
  any: boolean,
  loc: number,
  scope: BuildScope,
): Typed {
  const element = right.open === undefined ? elementType(right.type) : "unknown";
  const picked = pick(name, [left.type, element], loc);
  const [leftType = left.type, itemType = element] = picked.args;
  const a = coerce(left, leftType, scope.failures).run;
  const array = coerce(right, `${itemType}[]`, scope.failures).run;
  const test = kernel(name, leftType, itemType, picked.returns, loc);
  const items = (value: Value | null) => (value === null ? null : asArray(value).items);
  const run = quantified(a, (frame) => items(array(frame)), test, any);
  return folded({ type: "bool", constant: left.constant && right.constant, loc, run }, scope.failures);
}

/** Compares with each item; an empty list decides before NULL on the left does. */
function quantified(
  left: Run,
  list: (frame: Parameters<Run>[0]) => (Value | null)[] | null,
  test: Kernel,
  any: boolean,
): Run {
  return (frame) => {
    const value = left(frame);
    const items = list(frame);
    if (items === null) return null;
    if (items.length === 0) return !any;
    if (value === null) return null;
    let unknown = false;
    for (const item of items) {
      if (item === null) unknown = true;
      else if (test(value, item) === any) return any;
    }
    return unknown ? null : !any;
  };
}
