import type { Node } from "@pgsql/types";
import { fits } from "../check/electric-literal.ts";
import type { Column } from "../syntax/condition.ts";
import { names } from "../syntax/identifier.ts";
import { refusedAt } from "../syntax/where-error.ts";
import { ComputeError } from "../values/compute-error.ts";
import { type PgType, pgColumnType } from "../values/pg-types.ts";
import { reader } from "../values/value.ts";
import { arrayConstructor, indirection } from "./array.ts";
import { typeCast } from "./cast.ts";
import { expression } from "./expression.ts";
import { coalesce, extreme, functionCall } from "./function.ts";
import {
  coerce,
  constant,
  constantValue,
  type Failures,
  folded,
  mapped,
  openLiteral,
  type Typed,
} from "./typed.ts";

/** What a sub-query looks like from the outside. */
export interface SublinkUse {
  negated: boolean;
  testColumns: string[];
}

export interface BuildScope {
  columns: ReadonlyMap<string, Column>;
  params: Readonly<Record<string, string>>;
  /** The types that the check found for parameters. */
  paramTypes: ReadonlyMap<number, PgType>;
  failures: Failures;
  usedColumns: Set<string>;
  sublinks: SublinkUse[];
  negated: boolean;
}

/**
 * Turns a checked expression into closures that compute it with Postgres' meaning. Types are resolved anew by
 * Postgres' rules, since those of the check differ in places (numeric division, float4 against numeric …).
 */
export function build(node: Node, scope: BuildScope): Typed {
  if ("A_Const" in node) return literal(node.A_Const);
  if ("ColumnRef" in node)
    return column(names(node.ColumnRef.fields)[0] ?? "", node.ColumnRef.location ?? 0, scope);
  if ("A_Expr" in node) return expression(node.A_Expr, scope);
  if ("BoolExpr" in node) return logic(node.BoolExpr, scope);
  if ("ParamRef" in node) return parameter(node.ParamRef.number ?? 0, node.ParamRef.location ?? 0, scope);
  if ("TypeCast" in node) return typeCast(node.TypeCast, scope);
  if ("FuncCall" in node) return functionCall(node.FuncCall, scope);
  if ("CoalesceExpr" in node)
    return coalesce(node.CoalesceExpr.args ?? [], node.CoalesceExpr.location ?? 0, scope);
  if ("MinMaxExpr" in node) return extreme(node.MinMaxExpr, scope);
  if ("NullTest" in node) {
    const { arg, nulltesttype, location } = node.NullTest;
    const wantsNull = nulltesttype !== "IS_NOT_NULL";
    return tested(arg, "text", location ?? 0, scope, (value) => (value === null) === wantsNull);
  }
  if ("BooleanTest" in node) return booleanTest(node.BooleanTest, scope);
  if ("SubLink" in node) return sublink(node.SubLink, scope);
  if ("A_ArrayExpr" in node)
    return arrayConstructor(node.A_ArrayExpr.elements ?? [], node.A_ArrayExpr.location ?? 0, scope);
  if ("A_Indirection" in node) return indirection(node.A_Indirection, scope);
  throw refusedAt(0, `${Object.keys(node)[0]} is not supported in this context`);
}

type NodeOf<K extends string> = Extract<Node, Record<K, unknown>>[K &
  keyof Extract<Node, Record<K, unknown>>];

function literal(value: NodeOf<"A_Const">): Typed {
  const loc = value.location ?? 0;
  if (value.isnull) return openLiteral(null, loc);
  if (value.sval) return openLiteral(value.sval.sval ?? "", loc);
  if (value.boolval) return constant("bool", value.boolval.boolval ?? false, loc);
  if (value.ival) return constant("int4", value.ival.ival ?? 0, loc);
  const text = value.fval?.fval ?? "0";
  const type = /^-?\d+$/.test(text) && fits(BigInt(text), 63n) ? "int8" : "numeric";
  return coerce(openLiteral(text, loc), type, []);
}

function column(name: string, loc: number, scope: BuildScope): Typed {
  const found = scope.columns.get(name);
  if (!found) throw refusedAt(loc, `unknown reference ${name}`);
  scope.usedColumns.add(name);
  const type = pgColumnType(found);
  const read = reader(type);
  return {
    type,
    constant: false,
    loc,
    column: name,
    run: ({ row }) => {
      const text = row[name];
      if (text === undefined) throw new ComputeError(`the value of ${name} is unknown`);
      return text === null ? null : read(text);
    },
  };
}

function parameter(number: number, loc: number, scope: BuildScope): Typed {
  const open = openLiteral(scope.params[String(number)] ?? null, loc);
  const type = scope.paramTypes.get(number);
  return type === undefined || type === "unknown" || type.startsWith("enum ")
    ? open
    : coerce(open, type, scope.failures);
}

/** Three-valued logic: unknown (null) gives way to a value that decides. */
function logic(expr: NodeOf<"BoolExpr">, scope: BuildScope): Typed {
  const loc = expr.location ?? 0;
  const isNot = expr.boolop === "NOT_EXPR";
  const outer = scope.negated;
  if (isNot) scope.negated = !outer;
  const args = (expr.args ?? []).map((arg) => coerce(build(arg, scope), "bool", scope.failures));
  scope.negated = outer;
  const [first] = args;
  if (isNot && first)
    return folded(
      mapped({ ...first, loc }, "bool", (value) => value !== true),
      scope.failures,
    );
  return folded(combined(args, expr.boolop === "OR_EXPR", loc), scope.failures);
}

/**
 * AND, or OR when `decisive` is true. A constant that decides does so before anything is computed, as it does for
 * Postgres' planner: what stands beside it may then fail unseen.
 */
export function combined(args: Typed[], decisive: boolean, loc: number): Typed {
  if (args.some((arg) => arg.constant && constantValue(arg) === decisive))
    return constant("bool", decisive, loc);
  const runs = args.map(({ run }) => run);
  return {
    type: "bool",
    constant: args.every((arg) => arg.constant),
    loc,
    run: (frame) => {
      let unknown = false;
      for (const run of runs) {
        const value = run(frame);
        if (value === decisive) return decisive;
        if (value === null) unknown = true;
      }
      return unknown ? null : !decisive;
    },
  };
}

function tested(
  arg: Node | undefined,
  type: PgType,
  loc: number,
  scope: BuildScope,
  test: (value: unknown) => boolean,
): Typed {
  if (!arg) throw refusedAt(loc, "the test has no argument");
  const built = build(arg, scope);
  const typed = built.open === undefined ? built : coerce(built, type, scope.failures);
  const { run } = typed;
  return folded(
    { type: "bool", constant: typed.constant, loc, run: (frame) => test(run(frame)) },
    scope.failures,
  );
}

const BOOLEAN_TESTS: Record<string, (value: unknown) => boolean> = {
  IS_TRUE: (value) => value === true,
  IS_NOT_TRUE: (value) => value !== true,
  IS_FALSE: (value) => value === false,
  IS_NOT_FALSE: (value) => value !== false,
  IS_UNKNOWN: (value) => value === null,
  IS_NOT_UNKNOWN: (value) => value !== null,
};

function booleanTest({ arg, booltesttype, location }: NodeOf<"BooleanTest">, scope: BuildScope): Typed {
  const test = BOOLEAN_TESTS[booltesttype ?? ""];
  if (!test) throw refusedAt(location ?? 0, "unknown boolean test");
  return tested(arg, "bool", location ?? 0, scope, test);
}

function sublink({ testexpr, location }: NodeOf<"SubLink">, scope: BuildScope): Typed {
  const refs = testexpr && "RowExpr" in testexpr ? (testexpr.RowExpr.args ?? []) : testexpr ? [testexpr] : [];
  const testColumns = refs.flatMap((ref) =>
    "ColumnRef" in ref ? names(ref.ColumnRef.fields).slice(0, 1) : [],
  );
  for (const name of testColumns) column(name, location ?? 0, scope);
  const index = scope.sublinks.push({ negated: scope.negated, testColumns }) - 1;
  const [first = ""] = testColumns;
  return {
    type: "bool",
    constant: false,
    loc: location ?? 0,
    run: ({ row, inSubquery }) => {
      const values = testColumns.map((name) => row[name]);
      if (values.includes(undefined)) throw new ComputeError("the compared value is unknown");
      const known = values.map((value) => value ?? null);
      if (!inSubquery) throw new ComputeError("nobody knows the rows of the sub-query");
      return inSubquery(index, row[first] ?? null, known);
    },
  };
}
