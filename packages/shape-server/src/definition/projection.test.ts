import fc from "fast-check";
import { expect, test } from "vitest";
import { finish } from "../log/messages.ts";
import type { Cell, Relation } from "../replication/pgoutput.ts";
import type { Definition } from "./definition.ts";
import { eventOf, Projection } from "./projection.ts";

/** What a test chooses: a table with the columns c0, c1 … and a shape of some of them. */
interface Choice {
  readonly columns: number;
  /** Numbers of the key's columns, in key order; empty for a table without a primary key. */
  readonly key: number[];
  readonly selected: number[];
  readonly replica: "default" | "full";
}

interface Row {
  readonly key: string;
  readonly value: Record<string, string | null>;
}

type Text = Row & { headers: Record<string, unknown>; old_value?: Record<string, string | null> };

const nameOf = (i: number) => `c${i}`;

function projectionOf({ columns, key, selected, replica }: Choice): Projection {
  const all = Array.from({ length: columns }, (_, i) => i);
  const table: Definition["table"] = {
    oid: 1,
    schema: "public",
    name: "t",
    columns: all.map((i) => ({
      name: nameOf(i),
      attnum: i + 1,
      typeOid: 25,
      typeName: "text",
      typmod: -1,
      notNull: false,
      pkIndex: key.includes(i) ? key.indexOf(i) : null,
      generated: false,
      dims: 0,
    })),
    pk: key.map(nameOf),
    leaves: [],
  };
  const definition: Definition = {
    key: "",
    looseKey: "",
    table,
    columns: table.columns.filter((_, i) => selected.includes(i)),
    selectsAll: false,
    replica,
    log: "full",
    where: null,
    plan: null,
    innerTables: [],
    whereText: null,
    params: {},
  };
  const relation: Relation = {
    oid: 1,
    schema: "public",
    name: "t",
    columns: table.columns.map(({ name, typeOid, typmod }) => ({ name, typeOid, typmod })),
    full: true,
  };
  return new Projection(definition, relation, table.pk);
}

const place = { lsn: 16, xid: 7, op: 4 };

function messagesOf(choice: Choice, old: Cell[] | null, now: Cell[] | null): Text[] {
  const event = eventOf(old, now, old !== null, now !== null);
  if (!event) return [];
  return projectionOf(choice)
    .messages(event, place)
    .map((message) => JSON.parse(finish(message, false)));
}

/** What a client has when it applies the messages to the rows that it knows. */
function apply(rows: Map<string, Row["value"]>, messages: Text[]): Map<string, Row["value"]> {
  const result = new Map(rows);
  for (const { headers, key, value } of messages) {
    if (headers.operation === "delete") result.delete(key);
    else result.set(key, { ...result.get(key), ...value });
  }
  return result;
}

const cell = fc.constantFrom<Cell>("a", "b", "/", '"', null);

/** A choice, and two rows for it. */
const choices = fc
  .integer({ min: 1, max: 5 })
  .chain((columns) => {
    const all = Array.from({ length: columns }, (_, i) => i);
    const row = fc.array(cell, { minLength: columns, maxLength: columns });
    return fc.record({
      columns: fc.constant(columns),
      key: fc.shuffledSubarray(all),
      more: fc.subarray(all),
      replica: fc.constantFrom<Choice["replica"]>("default", "full"),
      old: row,
      now: row,
    });
  })
  .map(({ columns, key, more, replica, old, now }) => {
    const all = Array.from({ length: columns }, (_, i) => i);
    // A shape must select the key, which is all columns where there is no primary key.
    const selected = key.length > 0 ? all.filter((i) => key.includes(i) || more.includes(i)) : all;
    const choice: Choice = { columns, key, selected, replica };
    return { choice, old, now };
  });

test("a client that applies the messages has the selected columns of the rows", () => {
  fc.assert(
    fc.property(choices, ({ choice, old, now }) => {
      const shown = (row: Cell[]) =>
        Object.fromEntries(choice.selected.map((i) => [nameOf(i), row[i] ?? null]));
      const before = apply(new Map(), messagesOf(choice, null, old));
      expect([...before.values()]).toEqual([shown(old)]);
      const after = apply(before, messagesOf(choice, old, now));
      expect([...after.values()]).toEqual([shown(now)]);
      expect([...apply(after, messagesOf(choice, now, null))]).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("an update says what changed, and nothing when the shape does not show what changed", () => {
  fc.assert(
    fc.property(choices, ({ choice, old, now }) => {
      const { key, selected, replica } = choice;
      const keys = key.length > 0 ? key : selected;
      const differing = selected.filter((i) => old[i] !== now[i]);
      const messages = messagesOf(choice, old, now);
      const operations = messages.map(({ headers }) => headers.operation);
      if (differing.length === 0) {
        expect(messages).toEqual([]);
      } else if (keys.some((i) => differing.includes(i))) {
        expect(operations).toEqual(["delete", "insert"]);
        expect(messages[0]?.headers.key_change_to).toBe(messages[1]?.key);
        expect(messages[1]?.headers.key_change_from).toBe(messages[0]?.key);
      } else {
        expect(operations).toEqual(["update"]);
        const expected =
          replica === "full" ? selected : selected.filter((i) => keys.includes(i) || differing.includes(i));
        expect(Object.keys(messages[0]?.value ?? {})).toEqual(expected.map(nameOf));
        const before = Object.fromEntries(differing.map((i) => [nameOf(i), old[i] ?? null]));
        expect(messages[0]?.old_value).toEqual(replica === "full" ? before : undefined);
      }
    }),
    { numRuns: 500 },
  );
});

test("a key that changes takes two places in the transaction", () => {
  const choice: Choice = { columns: 2, key: [0], selected: [0, 1], replica: "default" };
  const [removed, added] = messagesOf(choice, ["a/b", "x"], ["c", "x"]);
  expect(removed).toEqual({
    headers: {
      operation: "delete",
      relation: ["public", "t"],
      lsn: "16",
      op_position: 4,
      txids: [7],
      key_change_to: '"public"."t"/"c"',
    },
    key: '"public"."t"/"a//b"',
    value: { c0: "a/b" },
  });
  expect([added?.headers.op_position, added?.value]).toEqual([5, { c0: "c", c1: "x" }]);
});

test.for<[was: boolean, is: boolean, operation: string | undefined]>([
  [true, true, "update"],
  [true, false, "delete"],
  [false, true, "insert"],
  [false, false, undefined],
])("a row that was shown (%s) and is shown (%s): %s", ([was, is, operation]) => {
  expect(eventOf(["1"], ["2"], was, is)?.operation).toBe(operation);
});
