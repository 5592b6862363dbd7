import fc from "fast-check";
import { expect, test } from "vitest";
import type { TableColumn } from "../catalog/table.ts";
import type { Value } from "./move.ts";
import { inOrder } from "./value-order.ts";

const column = (typeName: string): TableColumn => ({
  name: "v",
  attnum: 1,
  typeOid: 0,
  typeName,
  typmod: -1,
  notNull: false,
  pkIndex: null,
  generated: false,
  dims: 0,
});

const of = (...values: (string | null)[]): Value[] => values.map((value) => [value]);

/** The order of the added values when nothing was removed. */
const ascending = (type: string, values: Value[]) =>
  inOrder({ added: values, removed: [] }, [column(type)]).added;

test("values ascend as their type has it", () => {
  expect(ascending("int4", of("10", "9", "-1"))).toEqual(of("-1", "9", "10"));
  expect(ascending("text", of("10", "9", "a", "B"))).toEqual(of("10", "9", "B", "a"));
  expect(ascending("int8", of("9007199254740993", "9007199254740992"))).toEqual(
    of("9007199254740992", "9007199254740993"),
  );
});

test("NULL follows numbers, precedes texts, and lies between false and true", () => {
  expect(ascending("int4", of(null, "1"))).toEqual(of("1", null));
  expect(ascending("text", of("", null))).toEqual(of(null, ""));
  expect(ascending("bool", of("true", null, "false"))).toEqual(of("false", null, "true"));
});

test("values of several columns are compared column by column", () => {
  const values: Value[] = [
    ["2", "a"],
    ["1", "b"],
    ["1", "a"],
  ];
  expect(inOrder({ added: [], removed: values }, [column("int4"), column("text")]).removed).toEqual([
    ["1", "a"],
    ["1", "b"],
    ["2", "a"],
  ]);
});

test("values before the greatest of the other kind come last and descend", () => {
  const change = { added: of("1", "9", "5", "3"), removed: of("2", "4") };
  expect(inOrder(change, [column("int4")])).toEqual({
    added: of("5", "9", "3", "1"),
    removed: of("4", "2"),
  });
});

test("nothing is lost or repeated, and the order of the input does not matter", () => {
  const values = fc.uniqueArray(fc.integer({ min: -20, max: 20 }), { maxLength: 12 });
  fc.assert(
    fc.property(values, fc.nat(12), (all, cut) => {
      const texts = of(...all.map(String));
      const [added, removed] = [texts.slice(0, cut), texts.slice(cut)];
      const result = inOrder({ added, removed }, [column("int4")]);
      expect(result.added.toSorted()).toEqual(added.toSorted());
      expect(result.removed.toSorted()).toEqual(removed.toSorted());
      const reversed = { added: added.toReversed(), removed: removed.toReversed() };
      expect(inOrder(reversed, [column("int4")])).toEqual(result);
    }),
  );
});
