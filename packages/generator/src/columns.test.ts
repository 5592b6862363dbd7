import fc from "fast-check";
import { expect, test } from "vitest";
import { columnsWithin, membershipColumns, parseColumns } from "./columns.ts";
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

test("what follows a type is read", async () => {
  const columns = await parseColumns(
    "code:text unique(user_id), slug:text unique,due:date? index,tags:text[]=[],note:text='it''s, (new)',at:timestamptz?=now,boss_id:references(user)?",
  );
  expect(columns.map(({ key, builder: _, ...rest }) => rest)).toEqual([
    { name: "code", nullable: false, unique: { within: "user_id" } },
    { name: "slug", nullable: false, unique: {} },
    { name: "due", nullable: true, index: true },
    { name: "tags", nullable: false, array: true, default: "[]" },
    { name: "note", nullable: false, default: `"it's, (new)"` },
    { name: "at", nullable: true, default: "sql`now()`" },
    { name: "boss_id", nullable: true, references: "user" },
  ]);
});

test.for([
  ["text", "two", '"two"'],
  ["integer", "-7", "-7"],
  ["bigint", "9223372036854775807", "sql`9223372036854775807`"],
  ["numeric(12,2)", "0.50", '"0.50"'],
  ["double", "1e-3", "0.001"],
  ["boolean", "true", "true"],
  ["date", "2026-11-23", '"2026-11-23"'],
  ["jsonb", `'{"a": [1, 2]}'`, '{"a":[1,2]}'],
  ["enum(draft|done)", "done", '"done"'],
] as const)("%s takes the default value %s", async ([type, value, written]) => {
  const [column] = await parseColumns(`a:${type}=${value}`);
  expect(column?.default).toBe(written);
});

test.for([
  ["a:integer=x", /integer such as =0/],
  ["a:integer=2147483648", /integer such as =0/],
  ["a:bigint=9223372036854775808", /bigint such as =0/],
  ["a:numeric=NaN", /numeric such as =0.00/],
  ["a:double=1e999", /double such as =0.5/],
  ["a:boolean=yes", /boolean such as =false/],
  ["a:date=2026-02-30", /date such as =2026-11-23/],
  ["a:timestamptz=yesterday", /timestamptz such as =now/],
  ["a:jsonb=null", /jsonb such as/],
  ["a:enum(x|y)=z", /enum such as =x/],
  ["a:text[]=a", /text\[\] such as =\[\]/],
  ["a:uuid=1", /uuid takes no default/],
  ["a:references(user)=1", /references takes no default/],
  ["a:order=a0", /order takes no default/],
  ["a:text='x", /is not a column/],
  ["a:text=x unique", /would never be unique/],
  ["a:text uniq", /"uniq" is unknown/],
  ["a:text index(b)", /is unknown/],
  ["a:text unique index", /unique brings an index/],
  ["a:text[] unique", /one plain value/],
  ["a:jsonb index", /one plain value/],
  ["a:text unique(b)", /no other column/],
  ["a:text unique(a)", /no other column/],
  ["a:references(user) index", /has an index already/],
  ["a:references", /names a table/],
  ["a:references(A b)", /names a table/],
  ["a:jsonb[]", /JSON holds arrays itself/],
  ["a:order[]", /no arrays of order/],
  ["a:text[][]", /is not a column/],
] as const)("refuses %j", async ([text, why]) => {
  await expect(parseColumns(text)).rejects.toThrow(why);
  await expect(parseColumns(text)).rejects.toBeInstanceOf(Refusal);
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
      fc.constantFrom(":", ",", "(", ")", "|", "?", "'", "=", " unique", "[]"),
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

test("rows within a parent have no owner, and may be unique within the parent", async () => {
  const others = columnsWithin("project_id");
  const [sender, email] = await parseColumns(
    "user_id:references(user),email:text unique(project_id)",
    others,
  );
  expect(sender).toMatchObject({ name: "user_id", key: "userId" });
  expect(email?.unique).toEqual({ within: "project_id" });
  await expect(parseColumns("project_id:uuid", others)).rejects.toThrow('has "project_id" already');
  await expect(parseColumns("code:text unique(user_id)", others)).rejects.toThrow("no other column");
  await expect(parseColumns("role:text", membershipColumns("project_id"))).rejects.toThrow("already");
});
