import fc from "fast-check";
import { expect, test } from "vitest";
import { orderKeyAt } from "./order-key";

interface Item {
  readonly id: string;
  readonly position: string;
}

const sorted = (items: readonly Item[]) =>
  items.toSorted((a, b) =>
    a.position === b.position ? (a.id < b.id ? -1 : 1) : a.position < b.position ? -1 : 1,
  );
const idsOf = (items: readonly Item[]) => sorted(items).map(({ id }) => id);

/** Moves an item among the items that a person sees, and gives the moved item. */
function moved(seen: readonly Item[], id: string, index: number): Item {
  const others = sorted(seen).filter((item) => item.id !== id);
  return {
    id,
    position: orderKeyAt(
      others.map(({ position }) => position),
      Math.min(index, others.length),
    ),
  };
}

function listOf(count: number): Item[] {
  const items: Item[] = [];
  for (let index = 0; index < count; index++) items.push(moved(items, `row-${index}`, index));
  return items;
}

test("a row stands where it was put, and no other row changes", () => {
  const moves = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 60 });
  fc.assert(
    fc.property(moves, (all) => {
      let items = listOf(8);
      for (const [which, index] of all) {
        const id = `row-${which}`;
        const expected = idsOf(items).filter((one) => one !== id);
        expected.splice(index, 0, id);
        const item = moved(items, id, index);
        items = [...items.filter((one) => one.id !== id), item];
        expect(idsOf(items)).toEqual(expected);
      }
    }),
    { numRuns: 50 },
  );
});

test("two people who put different rows at one place get different keys, between the same neighbours", () => {
  const items = listOf(4);
  const made = Array.from({ length: 2000 }, () => moved(items, "row-3", 1).position);
  // There are a million keys for the place, so about two of 2,000 keys are equal.
  expect(new Set(made).size).toBeGreaterThan(1980);
  const [first = "", second = ""] = sorted(items).map(({ position }) => position);
  for (const key of made) expect(key > first && key < second).toBe(true);
});

test("after concurrent moves everybody sees one order, in which each row is between the neighbours its mover saw", () => {
  const seen = listOf(6);
  const [hers, his] = [moved(seen, "row-5", 2), moved(seen, "row-0", 3)];
  const order = idsOf([...seen.filter(({ id }) => id !== "row-5" && id !== "row-0"), hers, his]);
  expect([order.slice(0, 1), order.at(-1)]).toEqual([["row-1"], "row-4"]);
  expect(order.slice(1, 5).filter((id) => id.match(/row-[23]/))).toEqual(["row-2", "row-3"]);
});

test("a row between rows with equal keys stands behind them, and before the next", () => {
  const [first = "", second = ""] = sorted(listOf(2)).map(({ position }) => position);
  const key = orderKeyAt([first, first, first, second], 1);
  expect(key > first && key < second).toBe(true);
  expect(orderKeyAt([first, first], 1) > first).toBe(true);
});

test("keys sort byte by byte as in every language", () => {
  const keys = Array.from({ length: 300 }).reduce<string[]>((all, _, index) => {
    const place = (index * 7) % (all.length + 1);
    return all.toSpliced(place, 0, orderKeyAt(all, place));
  }, []);
  expect(keys.toSorted()).toEqual(keys);
  for (const language of ["en", "cs", "da", "lt", "th"])
    expect(keys.toSorted((a, b) => a.localeCompare(b, language))).toEqual(keys);
});

test("a key stays short at the end of a list, and grows by less than a digit for each row put at one place", () => {
  expect(Math.max(...listOf(500).map(({ position }) => position.length))).toBeLessThan(20);
  const keys = ["50", "51"];
  for (let row = 0; row < 200; row++) keys.splice(1, 0, orderKeyAt(keys, 1));
  expect(keys[1]?.length).toBeLessThan(200);
});
