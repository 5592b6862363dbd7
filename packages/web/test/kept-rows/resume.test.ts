import fc from "fast-check";
import { expect, test } from "vitest";
import { openPage } from "./page";
import { type Change, rowsAfter, Shape } from "./shape";

// How a page goes on from the rows of the last visit: the official collection, against a shape in memory.
const text = fc.constantFrom("one", "two", "three");
const step = fc.record({
  id: fc.constantFrom("a", "b", "c"),
  column: fc.constantFrom("title", "done"),
  text,
  deletes: fc.boolean(),
});

/** Changes as a database makes them: rows that are there are updated and deleted, and others are inserted. */
const logs = fc.array(step, { maxLength: 12 }).map((steps) => {
  const there = new Set<string>();
  return steps.map(({ id, column, text, deletes }): Change => {
    if (!there.has(id)) {
      there.add(id);
      return { operation: "insert", value: { id, title: text, done: "" } };
    }
    if (!deletes) return { operation: "update", value: { id, [column]: text } };
    there.delete(id);
    return { operation: "delete", value: { id } };
  });
});

test("whenever the rows were kept and whenever the page was made, the page ends with the rows of the server", async () => {
  const moment = fc.nat({ max: 12 });
  const made = fc.option(moment, { nil: undefined });
  await fc.assert(
    fc.asyncProperty(logs, moment, made, fc.boolean(), async (log, keptAt, madeAt, late) => {
      const shape = new Shape(log);
      const at = Math.min(keptAt, log.length);
      const kept = rowsAfter(log.slice(0, at));
      const came = madeAt === undefined ? undefined : rowsAfter(log.slice(0, madeAt));
      await using page = openPage(shape, { kept, at, came, late });
      await page.caughtUp;
      expect(page.rows()).toEqual(rowsAfter(log));
      expect(page.place()).toMatchObject({ kind: "resume", offset: `${log.length}_0` });
      const ids = came?.map(({ id }) => id);
      const isShown = !ids || late || kept.every(({ id }) => ids.includes(id));
      expect(shape.asked[0]).toBe(isShown ? `${at}_0` : "-1");
      if (!late) expect(page.shown[0]).toEqual(came ?? kept);
      for (const row of came ?? []) expect(page.shown[0]).toContainEqual(row);
    }),
    { numRuns: 200 },
  );
});

const log: Change[] = [
  { operation: "insert", value: { id: "a", title: "one", done: "" } },
  { operation: "insert", value: { id: "b", title: "one", done: "" } },
  { operation: "update", value: { id: "a", title: "two" } },
  { operation: "delete", value: { id: "b" } },
];
const kept = rowsAfter(log.slice(0, 2));

test("a page that has caught up goes on live", async () => {
  const shape = new Shape(log);
  await using page = openPage(shape, { kept, at: 2 });
  await page.caughtUp;
  expect(page.shown).toEqual([kept, rowsAfter(log)]);
  shape.change({ operation: "update", value: { id: "a", title: "three" } });
  await expect.poll(page.rows).toEqual([{ id: "a", title: "three", done: "" }]);
  expect(shape.asked).toEqual(["2_0"]);
});

test("a place in a shape that the server has dropped leads to the rows of the new shape, past no older row", async () => {
  const shape = new Shape(log);
  shape.drop();
  const came = rowsAfter(log.slice(0, 3));
  await using page = openPage(shape, { kept, at: 2, came });
  await page.caughtUp;
  expect(page.shown).toEqual([came, rowsAfter(log)]);
  expect(shape.asked).toEqual(["2_0", "-1"]);
});

test("kept rows from which no catch-up may go on are shown until the shape has loaded", async () => {
  const shape = new Shape(log);
  await using page = openPage(shape, { kept, at: 2, mayResume: false });
  await page.caughtUp;
  expect(page.shown[0]).toEqual(kept);
  expect(page.rows()).toEqual(rowsAfter(log));
  expect(shape.asked).toEqual(["-1"]);
});

test("a change that does not fit the kept rows has the shape loaded from the beginning, at once or later", async () => {
  const damaged = [{ id: "b", title: "one", done: "" }];
  const shape = new Shape(log);
  await using page = openPage(shape, { kept: damaged, at: 2 });
  await expect.poll(page.rows).toEqual(rowsAfter(log));
  expect(shape.asked).toEqual(["2_0", "-1"]);

  const longer: Change[] = [...log.slice(0, 2), { operation: "update", value: { id: "b", done: "yes" } }];
  const other = new Shape(longer);
  await using later = openPage(other, { kept: [{ id: "b", title: "damaged", done: "" }], at: 3 });
  await later.caughtUp;
  other.change({ operation: "update", value: { id: "a", title: "two" } });
  await expect
    .poll(later.rows)
    .toEqual(rowsAfter([...longer, { operation: "update", value: { id: "a", title: "two" } }]));
  other.change({ operation: "delete", value: { id: "b" } });
  await expect.poll(later.rows).toEqual([{ id: "a", title: "two", done: "" }]);
});
