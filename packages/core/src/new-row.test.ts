import { expect, test } from "vitest";
import { newRow, type RowDefaults } from "./new-row.ts";

interface Plan {
  id: string;
  name: string;
  state: "draft" | "done";
  note: string | null;
  tags: string[];
}

let made = 0;
const planDefaults: RowDefaults<Plan, "id" | "state" | "note" | "tags"> = () => ({
  id: `id-${++made}`,
  state: "draft",
  note: null,
  tags: [],
});

test("a new row has the defaults and what is given, which goes before", () => {
  const plan: Plan = newRow(planDefaults, { name: "Attic" });
  expect(plan).toEqual({ id: "id-1", name: "Attic", state: "draft", note: null, tags: [] });
  expect(newRow(planDefaults, { name: "Cellar", state: "done", id: "own" })).toMatchObject({
    id: "own",
    state: "done",
  });
});

test("two new rows share no array", () => {
  const [one, other] = [newRow(planDefaults, { name: "a" }), newRow(planDefaults, { name: "b" })];
  expect(one.tags).not.toBe(other.tags);
});

test("a column without a default must be given, and no other column may", () => {
  // @ts-expect-error: the name is missing.
  newRow(planDefaults, {});
  // @ts-expect-error: there is no such column.
  newRow(planDefaults, { name: "Attic", color: "red" });
  // @ts-expect-error: there is no such state.
  newRow(planDefaults, { name: "Attic", state: "gone" });
});
