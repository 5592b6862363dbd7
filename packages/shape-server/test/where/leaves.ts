import fc from "fast-check";
import { sampleValues } from "./sample-table.ts";

/** What an expression gives. */
export type Kind =
  | "int"
  | "number"
  | "text"
  | "bool"
  | "date"
  | "time"
  | "timestamp"
  | "timestamptz"
  | "interval"
  | "ints"
  | "texts"
  | "uuid";

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function literals(name: string, type?: string): fc.Arbitrary<string> {
  const values = (sampleValues[name] ?? []).filter(
    (value) => !/BC|infinity|5874897|294276/.test(value) || type !== undefined,
  );
  return fc.constantFrom(...values).map((value) => (type ? `${quoted(value)}::${type}` : quoted(value)));
}

function column(...names: string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...names);
}

/** A random column or literal. */
export function leaf(kind: Kind): fc.Arbitrary<string> {
  switch (kind) {
    case "int":
      return fc.oneof(
        column("i2", "i4", "i8", "i4"),
        fc.constantFrom("0", "1", "2", "-1", "3", "2147483647", "4294967296"),
        literals("i4", "int4"),
        literals("i4"),
      );
    case "number":
      return fc.oneof(
        column("i2", "i4", "i8", "num", "f4", "f8"),
        fc.constantFrom("0", "1", "2.5", "0.1", "1.1", "1e2", "-0.001"),
        literals("f8", "float8"),
        fc.constantFrom("'2.5'", "'0.1'"),
      );
    case "text":
      return fc.oneof(
        column("t", "vc", "bc", "t"),
        literals("t"),
        literals("t", "text"),
        literals("vc", "varchar"),
        fc.constantFrom("mood::text", "u::text", "d::text", "iv::text", "tm::text", "i8::text"),
      );
    case "bool":
      return fc.oneof(
        column("ok"),
        fc.constantFrom("true", "false", "NULL::bool", "'t'"),
        fc.constantFrom("i4::bool", "age IS NULL", "data IS NOT NULL"),
      );
    case "date":
      return fc.oneof(column("d"), literals("d", "date"), literals("d"));
    case "time":
      return fc.oneof(column("tm"), literals("tm", "time"), literals("tm"));
    case "timestamp":
      return fc.oneof(column("ts"), literals("ts", "timestamp"), literals("ts"));
    case "timestamptz":
      return fc.oneof(column("tz"), literals("tz", "timestamptz"), literals("tz"));
    case "interval":
      return fc.oneof(
        column("iv"),
        literals("iv", "interval"),
        literals("iv"),
        fc.constant("interval '1 month 2 days'"),
      );
    case "uuid":
      return fc.oneof(column("u"), literals("u", "uuid"), literals("u"));
    case "ints":
      return fc.oneof(
        column("ti"),
        literals("ti", "int4[]"),
        fc.constantFrom("'{1,2}'", "ARRAY[1,2,NULL]", "ARRAY[[1,2],[3,4]]", "ARRAY[i4, 1]", "'{}'"),
      );
    case "texts":
      return fc.oneof(
        column("tt"),
        literals("tt", "text[]"),
        fc.constantFrom("'{a,b}'", "ARRAY['a','b']", "ARRAY[t, 'x']", "'{}'"),
      );
  }
}
