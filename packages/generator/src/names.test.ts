import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { namesOf, requireColumnName } from "./names.ts";
import { Refusal } from "./refusal.ts";

test("all names of a table come from its name in Postgres", async () => {
  expect(await namesOf("floor_plans")).toEqual({
    table: "floor_plans",
    slug: "floor-plans",
    plural: "floorPlans",
    singular: "floorPlan",
    type: "FloorPlan",
    domain: "floor-plan",
    file: "floor-plan",
  });
});

test.for([
  ["categories", "category"],
  ["people", "person"],
  ["statuses", "status"],
  ["ai_conversations", "aiConversation"],
  ["equipment", "equipment"],
] as const)("one of %s is a %s", async ([table, singular]) => {
  expect((await namesOf(table)).singular).toBe(singular);
});

test("the domain and the singular can be chosen", async () => {
  const names = await namesOf("canvas", { singular: "canvas", domain: "drawing" });
  expect(names).toMatchObject({ singular: "canvas", type: "Canvas", domain: "drawing", file: "canvas" });
});

describe("refuses", () => {
  test.for([
    ["", /snake_case/],
    [" ", /snake_case/],
    ["floor plans", /Did you mean "floor_plans"\?/],
    ["FloorPlans", /Did you mean "floor_plans"\?/],
    ["floor-plans", /Did you mean "floor_plans"\?/],
    ["2plans", /Did you mean "plans"\?/],
    ["_plans", /Did you mean "plans"\?/],
    ["plans_", /Did you mean "plans"\?/],
    ["floor__plans", /Did you mean "floor_plans"\?/],
    ["pläne", /Did you mean "plane"\?/],
    ["проекты", /snake_case/],
    ["plans; drop table users", /snake_case/],
    ['plans"', /Did you mean "plans"\?/],
    ["../plans", /Did you mean "plans"\?/],
    ["public.plans", /Did you mean "public_plans"\?/],
    ["project", /plural: did you mean "projects"\?/],
    ["user", /reserved word of SQL/],
    ["order", /reserved word of SQL/],
    ["select", /reserved word of SQL/],
    ["classes", /"class" is a reserved word of TypeScript/],
    ["thens", /"then" is a reserved word/],
    ["packages", /"package" is a reserved word of TypeScript/],
    ["maps", /"Map" would hide JavaScript's own/],
    ["dates", /"Date" would hide JavaScript's own/],
    ["pg_plans", /Postgres reserves/],
    [`${"a".repeat(60)}s`, /at most 44/],
  ] as const)("%j", async ([table, why]) => {
    await expect(namesOf(table)).rejects.toThrow(why);
    await expect(namesOf(table)).rejects.toBeInstanceOf(Refusal);
  });

  test.for(["Floor", "floor_plan", "../floor", "floor/plan", ""])("the domain %j", async (domain) => {
    await expect(namesOf("projects", { domain })).rejects.toThrow(/kebab-case/);
  });

  test.for(["xmin", "order", "Name", "a b", "a-b", "a".repeat(64)])("the column %j", async (name) => {
    await expect(requireColumnName(name)).rejects.toBeInstanceOf(Refusal);
  });
});

test("every text is refused or gives names that are safe in code, paths and URLs", async () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
  const likely = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => `${words.join("_")}s`);
  await fc.assert(
    fc.asyncProperty(fc.oneof(likely, fc.string({ unit: "grapheme" })), async (typed) => {
      const names = await namesOf(typed).catch((error: unknown) => error);
      if (names instanceof Refusal) return;
      expect(names).toMatchObject({
        table: typed,
        slug: expect.stringMatching(/^[a-z][a-z0-9-]*$/),
        plural: expect.stringMatching(/^[a-z][a-zA-Z0-9]*$/),
        singular: expect.stringMatching(/^[a-z][a-zA-Z0-9]*$/),
        type: expect.stringMatching(/^[A-Z][a-zA-Z0-9]*$/),
        domain: expect.stringMatching(/^[a-z][a-z0-9-]*$/),
        file: expect.stringMatching(/^[a-z][a-z0-9-]*$/),
      });
    }),
    { numRuns: 500 },
  );
});
