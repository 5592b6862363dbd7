import { expect, test } from "vitest";
import { parseColumns } from "./columns.ts";
import { namesOf } from "./names.ts";
import { renderTable } from "./table-files.ts";

const render = async (table: string, columns = "name:text", shared = false) =>
  renderTable(await namesOf(table), { columns: await parseColumns(columns), shared });

test("nothing of the template's own name is left", async () => {
  for (const shared of [false, true]) {
    const files = await render("floor_plans", "kind:enum(a|b),drawn_at:timestamptz?", shared);
    expect(Object.keys(files)).toEqual([
      "packages/core/src/floor-plan/floor-plan.sql.ts",
      "packages/web/src/routes/api/floor-plans.ts",
      "packages/web/src/lib/trpc/floor-plans.ts",
    ]);
    expect(JSON.stringify(files)).not.toMatch(/gadget/i);
  }
});

test("a name that contains the template's is replaced once", async () => {
  const files = await render("my_gadgets");
  expect(Object.values(files).join()).toContain(`pgTable(\n  "my_gadgets"`);
  expect(Object.values(files).join()).not.toMatch(/myMy|my_my/i);
});

test("members appear where rows are shared, and nowhere else", async () => {
  const text = async (shared: boolean) => JSON.stringify(await render("projects", "name:text", shared));
  expect(await text(true)).toContain("arrayContains(project.memberIds");
  expect(await text(false)).not.toMatch(/member|arrayContains|\bor\b/);
});

test("each type of column is written with what it imports", async () => {
  const [schema = ""] = Object.values(
    await render(
      "projects",
      "a:integer?,b:jsonb,c:timestamptz,d:enum(x|y),e:bigint,f:uuid,g:date?,h:boolean",
    ),
  );
  for (const line of [
    'export const projectD = pgEnum("project_d", ["x","y"]);',
    'a: integer("a"),',
    'b: jsonb("b").notNull(),',
    'c: timestamptz("c").notNull(),',
    'd: projectD("d").notNull(),',
    'e: bigint("e", { mode: "bigint" }).notNull(),',
    'f: uuid("f").notNull(),',
    'g: date("g"),',
    'h: boolean("h").notNull(),',
  ]) {
    expect(schema).toContain(line);
  }
  const imported = schema.slice(0, schema.indexOf("export"));
  for (const name of ["integer", "jsonb", "timestamptz", "pgEnum", "bigint", "uuid", "date", "boolean"]) {
    expect(imported).toMatch(new RegExp(`\\b${name}\\b`));
  }
});

test.for(["texts", "indexes", "routers", "columns:access"])(
  "refuses a name that its files use for something else: %s",
  async (what) => {
    const [table = "", enumName] = what.split(":");
    // The enum would be called projectAccess, like the rule.
    const rendered = enumName ? render("projects", `${enumName}:enum(a|b)`) : render(table);
    await expect(rendered).rejects.toThrow(/has another "\w+" already/);
  },
);
