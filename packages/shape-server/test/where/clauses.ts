import fc from "fast-check";
import { type Kind, leaf } from "./leaves.ts";

const known = new Map<string, fc.Arbitrary<string>>();

/**
 * Random conditions. Electric refuses some of them, and Postgres fails on some.
 * @param depth the most levels of operators
 */
export function clauses(depth = 3): fc.Arbitrary<string> {
  return expression("bool", depth);
}

function expression(kind: Kind, depth: number): fc.Arbitrary<string> {
  const key = `${kind}/${depth}`;
  const found = known.get(key);
  if (found) return found;
  const made =
    depth <= 0
      ? leaf(kind)
      : fc.oneof({ weight: 1, arbitrary: leaf(kind) }, { weight: 4, arbitrary: compound(kind, depth - 1) });
  known.set(key, made);
  return made;
}

function compound(kind: Kind, depth: number): fc.Arbitrary<string> {
  const of = (other: Kind) => expression(other, depth);
  const infix = (left: Kind, operators: string[], right: Kind) =>
    fc.tuple(of(left), fc.constantFrom(...operators), of(right)).map(([a, op, b]) => `(${a} ${op} ${b})`);
  const call = (name: string, ...args: Kind[]) =>
    fc.tuple(...args.map(of)).map((list) => `${name}(${list.join(", ")})`);
  const choice = (other: Kind) =>
    fc.oneof(
      call("coalesce", other, other),
      call("greatest", other, other),
      call("least", other, other, other),
    );
  switch (kind) {
    case "int":
      return fc.oneof(
        infix("int", ["+", "-", "*", "/", "&", "|", "#"], "int"),
        fc.tuple(fc.constantFrom("-", "+", "@", "~"), of("int")).map(([op, a]) => `(${op} ${a})`),
        choice("int"),
        infix("date", ["-"], "date"),
        fc.tuple(of("ints"), fc.constantFrom("1", "2", "0", "-1")).map(([a, i]) => `(${a})[${i}]`),
        call("array_ndims", "ints"),
        of("bool").map((a) => `(${a})::int`),
      );
    case "number":
      return fc.oneof(
        infix("number", ["+", "-", "*", "/"], "number"),
        fc.tuple(fc.constantFrom("-", "+", "@", "|/"), of("number")).map(([op, a]) => `(${op} ${a})`),
        choice("number"),
        of("int"),
        of("number").map((a) => `(${a})::float8`),
      );
    case "text":
      return fc.oneof(
        infix("text", ["||"], "text"),
        call("lower", "text"),
        call("upper", "text"),
        call("concat", "text", "text"),
        choice("text"),
      );
    case "bool":
      return fc.oneof({ weight: 3, arbitrary: logic(depth) }, { weight: 8, arbitrary: comparison(depth) });
    case "date":
      return fc.oneof(
        infix("date", ["+", "-"], "int"),
        choice("date"),
        of("date").map((a) => `(${a})::date`),
      );
    case "time":
      return fc.oneof(infix("time", ["+", "-"], "interval"), choice("time"));
    case "timestamp":
      return fc.oneof(
        infix("timestamp", ["+", "-"], "interval"),
        infix("date", ["+", "-"], "interval"),
        infix("date", ["+"], "time"),
        choice("timestamp"),
        zoned(of("timestamptz")),
      );
    case "timestamptz":
      return fc.oneof(
        infix("timestamptz", ["+", "-"], "interval"),
        choice("timestamptz"),
        zoned(of("timestamp")),
      );
    case "interval":
      return fc.oneof(
        infix("interval", ["+", "-"], "interval"),
        infix("timestamp", ["-"], "timestamp"),
        infix("timestamptz", ["-"], "timestamptz"),
        fc
          .tuple(of("interval"), fc.constantFrom("2", "0.5", "1.5", "-1", "f8"))
          .map(([a, by]) => `(${a} * ${by})`),
        fc
          .constantFrom("justify_days", "justify_hours", "justify_interval")
          .chain((name) => call(name, "interval")),
        choice("interval"),
      );
    case "uuid":
      return choice("uuid");
    case "ints":
      return fc.oneof(
        infix("ints", ["||"], "ints"),
        infix("ints", ["||"], "int"),
        infix("int", ["||"], "ints"),
        call("array_cat", "ints", "ints"),
        call("array_append", "ints", "int"),
        call("array_prepend", "int", "ints"),
        fc
          .tuple(of("ints"), fc.constantFrom("1:2", "2:", ":1", "0:5", "2:1", ":"))
          .map(([a, s]) => `(${a})[${s}]`),
      );
    case "texts":
      return fc.oneof(
        infix("texts", ["||"], "texts"),
        infix("texts", ["||"], "text"),
        of("ints").map((a) => `(${a})::text[]`),
      );
  }
}

function zoned(moment: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const zones = fc.constantFrom("UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata");
  return fc.tuple(moment, zones).map(([a, zone]) => `(${a} AT TIME ZONE '${zone}')`);
}

function logic(depth: number): fc.Arbitrary<string> {
  const bool = expression("bool", depth);
  const tests = fc.constantFrom(
    "IS TRUE",
    "IS NOT TRUE",
    "IS FALSE",
    "IS NOT FALSE",
    "IS UNKNOWN",
    "IS NOT UNKNOWN",
    "IS NULL",
    "IS NOT NULL",
  );
  return fc.oneof(
    fc.tuple(bool, fc.constantFrom("AND", "OR", "=", "<>"), bool).map(([a, op, b]) => `(${a} ${op} ${b})`),
    bool.map((a) => `(NOT ${a})`),
    fc.tuple(bool, tests).map(([a, test]) => `(${a} ${test})`),
    fc.tuple(bool, bool).map(([a, b]) => `coalesce(${a}, ${b})`),
  );
}

const orderedKinds: Kind[] = [
  "int",
  "number",
  "text",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "uuid",
  "interval",
];
const patterns = [
  "'a%'",
  "'%c'",
  "'_'",
  "'a\\_c'",
  "'%\\%%'",
  "'%é%'",
  "''",
  "'A_C'",
  "t",
  "'%a%b%'",
  "'_\n%'",
  "vc",
  "'\\\\%'",
];

function comparison(depth: number): fc.Arbitrary<string> {
  const ordered = fc.constantFrom(...orderedKinds).chain((kind) => {
    const side = expression(kind, depth);
    const pair = (operators: string[]) =>
      fc.tuple(side, fc.constantFrom(...operators), side).map(([a, op, b]) => `(${a} ${op} ${b})`);
    const many = fc.array(side, { minLength: 1, maxLength: 4 });
    return fc.oneof(
      { weight: 5, arbitrary: pair(["=", "<>", "<", ">", "<=", ">=", "!="]) },
      pair(["IS DISTINCT FROM", "IS NOT DISTINCT FROM"]),
      fc.tuple(side, fc.constantFrom("IS NULL", "IS NOT NULL")).map(([a, test]) => `(${a} ${test})`),
      fc
        .tuple(side, fc.constantFrom("IN", "NOT IN"), many)
        .map(([a, op, list]) => `(${a} ${op} (${list.join(", ")}))`),
      fc
        .tuple(side, fc.constantFrom("BETWEEN", "NOT BETWEEN", "BETWEEN SYMMETRIC"), side, side)
        .map(([a, op, b, c]) => `(${a} ${op} ${b} AND ${c})`),
      fc.tuple(side, many).map(([a, list]) => `(${a} = ANY (ARRAY[${list.join(", ")}]))`),
    );
  });
  const text = expression("text", depth);
  const like = fc
    .tuple(
      text,
      fc.constantFrom("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "~~"),
      fc.constantFrom(...patterns),
    )
    .map(([a, op, pattern]) => `(${a} ${op} ${pattern})`);
  const arrays = fc.constantFrom<[Kind, Kind]>(["ints", "int"], ["texts", "text"]).chain(([list, item]) => {
    const [lists, items] = [expression(list, depth), expression(item, depth)];
    const quantifier = fc.constantFrom("= ANY", "<> ANY", "= ALL", "< ANY", "> ALL", "<> ALL");
    return fc.oneof(
      fc
        .tuple(lists, fc.constantFrom("@>", "<@", "&&", "=", "<>"), lists)
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(items, quantifier, lists).map(([a, op, b]) => `(${a} ${op} (${b}))`),
    );
  });
  return fc.oneof({ weight: 5, arbitrary: ordered }, like, { weight: 2, arbitrary: arrays });
}
