import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseColumns } from "./columns.ts";
import { namesOf } from "./names.ts";
import { rowDefaultsPath, writeRowDefaults } from "./row-defaults.ts";
import { renderTable } from "./table-files.ts";
import { openWorkingCopy } from "./working-copy.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

test("the file says of every table what the schema files say: if not, run npm run db:generate", async () => {
  await using copy = await openWorkingCopy(root);
  await writeRowDefaults(copy.folder);
  expect(await copy.changes()).toEqual([]);
});

test("ids, defaults, times and nulls are written, and what a person must say is not", async () => {
  await using copy = await openWorkingCopy(root);
  const columns = await parseColumns(
    "name:text,note:text?,n:bigint=5,price:numeric(12,2)=0.5,tags:text[]=[],state:enum(draft|done)=draft,seen_at:timestamptz=now,plan:jsonb='{\"a\":[1]}',place:order",
  );
  const files = await renderTable(await namesOf("projects"), { columns, shared: false });
  for (const [path, text] of Object.entries(files).filter(([path]) => path.endsWith(".sql.ts"))) {
    await mkdir(dirname(join(copy.folder, path)), { recursive: true });
    await writeFile(join(copy.folder, path), text);
  }
  await writeRowDefaults(copy.folder);
  const text = await readFile(join(copy.folder, rowDefaultsPath), "utf8");
  const [, values = ""] = /projectDefaults: .*?=> \(\{\n(.*?)\n\}\);/s.exec(text) ?? [];
  expect(values.split("\n").map((line) => line.trim().replace(/,$/, ""))).toEqual([
    "id: crypto.randomUUID()",
    "note: null",
    "n: 5n",
    'price: "0.50"',
    "tags: []",
    'state: "draft"',
    "seenAt: new Date()",
    "plan: { a: [1] }",
    "createdAt: new Date()",
    "updatedAt: new Date()",
  ]);
});
