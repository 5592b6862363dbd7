import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseColumns } from "./columns.ts";
import { namesOf } from "./names.ts";
import { publishedColumnsPath, writePublishedColumns } from "./published-columns.ts";
import { renderTable } from "./table-files.ts";
import { openWorkingCopy } from "./working-copy.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

test("the file says of every table what the schema files say: if not, run npm run db:generate", async () => {
  await using copy = await openWorkingCopy(root);
  await writePublishedColumns(copy.folder);
  expect(await copy.changes()).toEqual([]);
});

test("a column that only the rule compares is published, and one in neither schema nor rule is not", async () => {
  await using copy = await openWorkingCopy(root);
  const columns = await parseColumns("name:text,secret:text");
  const files = await renderTable(await namesOf("projects"), { columns, shared: true });
  for (const [path, text] of Object.entries(files).filter(([path]) => path.endsWith(".sql.ts"))) {
    await mkdir(dirname(join(copy.folder, path)), { recursive: true });
    // The browser gets ids and names alone. The rule compares the owner and the members.
    const narrowed = text.replace("pick({ ...fields, ...setByServer })", "pick({ id: true, name: true })");
    expect(narrowed).not.toBe(text);
    await writeFile(join(copy.folder, path), narrowed);
  }
  await writePublishedColumns(copy.folder);
  const { projects } = JSON.parse(await readFile(join(copy.folder, publishedColumnsPath), "utf8"));
  expect(projects).toEqual(["id", "member_ids", "name", "user_id"]);
});
