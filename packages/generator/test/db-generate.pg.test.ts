import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createDatabase } from "../../shape-server/test/replay/database.ts";
import { openProjectCopy } from "./project-copy.ts";

const copy = await openProjectCopy();
const database = await createDatabase(inject("postgresUrl"));
const client = new Client({ connectionString: database.url });

beforeAll(() => client.connect());
afterAll(async () => {
  await client.end();
  await database[Symbol.asyncDispose]();
  await copy[Symbol.asyncDispose]();
});

const schema = join(copy.folder, "packages/core/src/project/project.sql.ts");

async function edit(...replacements: [from: string, to: string][]): Promise<void> {
  let text = await readFile(schema, "utf8");
  for (const [from, to] of replacements) {
    expect(text).toContain(from);
    text = text.replaceAll(from, to);
  }
  await writeFile(schema, text);
}

/** Applies the copy's migrations, in a process that has loaded the copy's own code. */
async function migrate(): Promise<void> {
  const code = `import("./packages/core/src/drizzle/migrate.ts").then((m) => m.migrate(process.argv[1]))`;
  await copy.sh(`npx node -e '${code}' '${database.url}'`);
}

/** The columns of the table in the database, in the order of their names. */
async function columns(): Promise<string[]> {
  const { rows } = await client.query<{ column_name: string }>(
    "select column_name from information_schema.columns where table_name = 'projects' order by 1",
  );
  return rows.map((row) => row.column_name);
}

test("a rename beside an addition and a drop is refused with its flags, and then keeps the values", async () => {
  await copy.sh('npm run new:table -- projects --columns "name:text,area:integer?"');
  await migrate();
  await client.query(`insert into "user" (id, name, email) values ('u1', 'Ada', 'ada@example.com')`);
  await client.query(
    `insert into projects (id, user_id, name) values (gen_random_uuid(), 'u1', 'House'), (gen_random_uuid(), 'u1', 'Barn')`,
  );
  await copy.commit();

  await edit(
    ['name: text("name").notNull()', 'title: text("title").notNull()'],
    ['area: integer("area")', 'budget: integer("budget")'],
    ["name: true, area: true", "title: true, budget: true"],
  );
  await expect(copy.sh("npm run db:generate")).rejects.toThrow(
    /Refused: Say whether .*\n.*projects\.name[\s\S]*--renamed projects\.name=title[\s\S]*--dropped projects\.area/,
  );
  await expect(copy.sh("npm run db:generate -- --check")).rejects.toThrow(/Refused: Say whether/);
  expect(await copy.status()).toBe(" M packages/core/src/project/project.sql.ts\n");

  const words = "--renamed projects.name=title --dropped projects.area";
  await expect(copy.sh(`npm run db:generate -- ${words} --check`)).rejects.toThrow(/RENAME COLUMN "name"/);
  await copy.sh(`npm run db:generate -- ${words} --dry-run`);
  expect(await copy.status()).toBe(" M packages/core/src/project/project.sql.ts\n");

  const said = await copy.sh(`npm run db:generate -- ${words}`);
  expect(said).toMatch(/\d{4}_change_projects\.sql/);
  await migrate();
  expect(await columns()).toEqual(["budget", "created_at", "id", "title", "updated_at", "user_id"]);
  const { rows } = await client.query("select title from projects order by title");
  expect(rows).toEqual([{ title: "Barn" }, { title: "House" }]);
});

test("drizzle-kit itself takes the written files for its own", async () => {
  await copy.sh("npm run db:generate -- --check");
  expect(await copy.sh("cd packages/core && npx drizzle-kit check")).toContain("Everything's fine");
  expect(await copy.sh("cd packages/core && npx drizzle-kit generate")).toContain("nothing to migrate");
  // The snapshot is byte for byte what drizzle-kit writes, apart from its own id.
  await edit(['budget: integer("budget"),', 'budget: integer("budget"),\n    city: text("city"),']);
  const snapshotAfter = async (command: string) => {
    await copy.sh(command);
    const text = await copy.sh("cat $(ls packages/core/migrations/meta/*_snapshot.json | tail -1)");
    const sql = await copy.sh("cat $(ls packages/core/migrations/*.sql | tail -1)");
    await copy.sh("git clean -fdq packages/core/migrations && git checkout -q packages/core/migrations");
    return [text.replace(/"id": ".*"/, '"id"'), sql.trim()];
  };
  await copy.commit();
  const own = await snapshotAfter("npm run db:generate");
  expect(own).toEqual(await snapshotAfter("cd packages/core && npx drizzle-kit generate"));
});
