import fc from "fast-check";
import { expect, test } from "vitest";
import { parseColumns } from "./columns.ts";
import { Refusal } from "./refusal.ts";

test("columns are read with their types, in their order", async () => {
  expect(
    await parseColumns("name:text, floor_area : numeric(12,2)?,count:bigint,state:enum(draft|done)?"),
  ).toEqual([
    { name: "name", key: "name", builder: { name: "text" }, nullable: false },
    {
      name: "floor_area",
      key: "floorArea",
      builder: { name: "numeric", options: "{ precision: 12, scale: 2 }" },
      nullable: true,
    },
    {
      name: "count",
      key: "count",
      builder: { name: "bigint", options: '{ mode: "bigint" }' },
      nullable: false,
    },
    { name: "state", key: "state", builder: { name: "State" }, nullable: true, labels: ["draft", "done"] },
  ]);
});

test.for([
  ["", /is not a column/],
  ["name", /is not a column/],
  ["name:", /is not a column/],
  [":text", /snake_case/],
  ["name:text,", /is not a column/],
  ["name:varchar", /"varchar" is not a column type/],
  ["name:toString", /is not a column/],
  ["name:constructor", /"constructor" is not a column type/],
  ["name:text(5)", /takes nothing in parentheses/],
  ["name:text??", /is not a column/],
  ["Name:text", /Did you mean "name"\?/],
  ["order:integer", /reserved word of SQL/],
  ["id:uuid", /Every table has "id" already/],
  ["user_id:text", /Every table has "user_id" already/],
  ["created_at:timestamptz", /Every table has "created_at" already/],
  ["xmin:integer", /system column/],
  ["name:text,name:text", /"name" is listed twice/],
  ["q3_total:integer", /sends it back as "q3total".* Did you mean "q3total"\?/],
  ["a_b_c:text", /Did you mean "a_bc"\?/],
  ["to_string:text", /toString would hide JavaScript's own/],
  ["constructor:text", /constructor would hide JavaScript's own/],
  ["__proto__:text", /snake_case/],
  ["area:numeric(2,12)", /digits in all/],
  ["area:numeric()", /digits in all/],
  ["area:numeric(a)", /digits in all/],
  ["area:numeric(12,2,1)", /digits in all/],
  ["area:numeric(12,)", /digits in all/],
  ["area:numeric(1e1,2)", /digits in all/],
  ["state:enum", /lists different words/],
  ["state:enum()", /lists different words/],
  ["state:enum(a|a)", /lists different words/],
  ["state:enum(a|b'c)", /lists different words/],
] as const)("refuses %j", async ([text, why]) => {
  await expect(parseColumns(text)).rejects.toThrow(why);
  await expect(parseColumns(text)).rejects.toBeInstanceOf(Refusal);
});

test("a column has the name in TypeScript that Electric's client gives it in the browser", async () => {
  const columns = await parseColumns("floor_area:text,line_2:text,line2:text,area_m2:integer");
  expect(columns.map(({ key }) => key)).toEqual(["floorArea", "line_2", "line2", "areaM2"]);
});

test("every text gives columns or a refusal", async () => {
  const likely = fc
    .tuple(
      fc.string(),
      fc.constantFrom(":", ",", "(", ")", "|", "?"),
      fc.constantFrom("text", "enum", "numeric(", "a"),
    )
    .map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), likely), async (text) => {
      const columns = await parseColumns(text).catch((error: unknown) => error);
      expect(Array.isArray(columns) || columns instanceof Refusal).toBe(true);
    }),
    { numRuns: 500 },
  );
});
