import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { columnsWithin, parseColumns } from "./columns.ts";
import { namesOf } from "./names.ts";
import { withTargets } from "./references.ts";
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

test("a default, an array and a unique column are written, and what a person is told of them", async () => {
  const files = Object.values(
    await render(
      "projects",
      "code:text unique(user_id),slug:text? unique,n:double=0,tags:text[]=[],due:date index",
    ),
  );
  const [schema = "", , routerFile = ""] = files;
  for (const line of [
    'slug: text("slug").unique(),',
    'n: doublePrecision("n").notNull().default(0),',
    'tags: text("tags").array().notNull().default([]),',
    'unique("projects_user_id_code_unique").on(table.userId, table.code)',
    'index("projects_due_idx").on(table.due)',
    'constraintWords(project, { code: "This code is taken.", slug: "This slug is taken." })',
  ]) {
    expect(schema).toContain(line);
  }
  // Not while the file is loaded: schema files may import each other, and the constraints name the other tables.
  expect(schema).toContain("export const projectWords = () =>");
  expect(routerFile).toContain("mutationsOf(project, projectAccess, { constraints: projectWords })");
});

test("a table that no constraint of its own can refuse says nothing of constraints", async () => {
  const text = Object.values(await render("projects")).join();
  expect(text).not.toMatch(/words|constraint/i);
  expect(text).toContain("mutationsOf(project, projectAccess);");
});

test("a name that Postgres would cut is refused", async () => {
  const long = `a${"b".repeat(50)}`;
  await expect(render("projects", `${long}:text unique`)).rejects.toThrow(/longer than 63 bytes/);
});

const root = fileURLToPath(new URL("../../../", import.meta.url));
const resolved = async (columns: string) =>
  withTargets(root, await namesOf("projects"), await parseColumns(columns));

test("a reference has the type of the other table's id, and lets the other row be deleted", async () => {
  const columns = await resolved(
    "boss_id:references(user)?,owner_id:references(user),parent_id:references(projects)?",
  );
  const names = await namesOf("projects");
  const [schema = ""] = Object.values(await renderTable(names, { columns, shared: false }));
  for (const line of [
    'bossId: text("boss_id").references(() => user.id, { onDelete: "set null" }),',
    'ownerId: text("owner_id").notNull().references(() => user.id, { onDelete: "cascade" }),',
    'parentId: uuid("parent_id").references((): AnyPgColumn => project.id, { onDelete: "set null" }),',
    'index("projects_boss_id_idx").on(table.bossId)',
    'bossId: "This boss does not exist."',
  ]) {
    expect(schema).toContain(line);
  }
});

test.for([
  ["a:references(users)", /no table "users"\. Did you mean references\(user\)\?/],
  ["a:references(client_transaction)", /no table with a plain id/],
  ["a:references(projects)", /no first row could be added/],
] as const)("refuses %j", async ([columns, why]) => {
  await expect(resolved(columns)).rejects.toThrow(why);
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

test("a table within a parent has the parent's key and rule, and no owner", async () => {
  const [names, parent] = [await namesOf("wall_parts"), await namesOf("floor_plans")];
  const [column] = await parseColumns("floor_plan_id:uuid");
  if (!column) throw new Error("no column");
  const columns = await parseColumns("length:numeric");
  const files = await renderTable(names, { columns, shared: false, parent: { names: parent, column } });
  const schema = files["packages/core/src/wall-part/wall-part.sql.ts"];
  expect(schema).toContain('import { floorPlan, floorPlanAccess } from "../floor-plan/floor-plan.sql.ts";');
  expect(schema).toContain("within(wallPart.floorPlanId, floorPlanAccess)");
  expect(schema).toContain('index("wall_parts_floor_plan_id_idx").on(table.floorPlanId)');
  expect(schema).toMatch(/fields = \{ id: true, floorPlanId: true,\s+length: true/);
  expect(files["packages/web/src/lib/trpc/wall-parts.ts"]).toContain(
    "mutations.insert(insertWallPartSchema),",
  );
  expect(JSON.stringify(files)).not.toMatch(/gadget|widget|user/i);
});

test("a table within a parent says what is told of a unique column", async () => {
  const [names, parent] = [await namesOf("wall_parts"), await namesOf("floor_plans")];
  const [column] = await parseColumns("floor_plan_id:uuid");
  if (!column) throw new Error("no column");
  const columns = await parseColumns("code:text unique");
  const files = await renderTable(names, { columns, shared: false, parent: { names: parent, column } });
  expect(files["packages/core/src/wall-part/wall-part.sql.ts"]).toContain(
    'constraintWords(wallPart, { code: "This code is taken." })',
  );
  expect(files["packages/web/src/lib/trpc/wall-parts.ts"]).toContain("{ constraints: wallPartWords }");
});

test("a column within a parent may be unique within the parent, and a column of memberships may have an index", async () => {
  const [names, parent] = [await namesOf("memberships"), await namesOf("projects")];
  const [column] = await parseColumns("project_id:uuid");
  if (!column) throw new Error("no column");
  const shared = false;
  const schemaOf = async (list: string, roles?: string[]) => {
    const columns = await parseColumns(list, columnsWithin("project_id"));
    const definition = { columns, shared, parent: { names: parent, column }, ...(roles && { roles }) };
    return Object.values(await renderTable(names, definition))[0];
  };
  expect(await schemaOf("code:text unique(project_id)")).toContain(
    'unique("memberships_project_id_code_unique").on(table.projectId, table.code)',
  );
  expect(await schemaOf("since:date index", ["reader", "author"])).toContain(
    'index("memberships_since_idx").on(table.since)',
  );
});

test("a memberships table has its roles, one row for a person and parent, and their owner as a column", async () => {
  const [names, parent] = [await namesOf("memberships"), await namesOf("projects")];
  const [column] = await parseColumns("project_id:uuid");
  if (!column) throw new Error("no column");
  const roles = ["reader", "author"];
  const files = await renderTable(names, {
    columns: [],
    shared: false,
    parent: { names: parent, column },
    roles,
  });
  const schema = files["packages/core/src/membership/membership.sql.ts"];
  expect(schema).toContain('membershipRole = pgEnum("membership_role", ["reader","author"])');
  expect(schema).toContain('[...membershipIndexes("memberships", table.projectId, table.userId)]');
  expect(schema).toContain("projectRoles = roles(membership, membership.projectId)");
  expect(schema).toContain("membershipAccess = membershipsOf(projectRoles)");
  expect(JSON.stringify(files)).not.toMatch(/gadget|widget|name:/i);
});
