import { readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { cliStacks } from "../test/cli-stacks.ts";
import { linksOfRunningStack } from "./links.ts";
import { pathOf } from "./node-child.ts";

const greet = pathOf("../test/greet-job.ts", import.meta.url);

const { cli, dataDir } = cliStacks();
const job = (args: string[]) => cli(["job", ...args]);

/** The names of all people on the test's stack, as the CLI shows them. */
async function names(): Promise<string> {
  const select = cli(["sql", `select name from "user" order by name`]);
  expect([await select.exit, select.stderr()]).toEqual([0, ""]);
  return select.stdout();
}

test("a job writes through the links of the running stack, by name and all or nothing", async () => {
  await cli(["stack"]).addresses();

  const added = job([greet, '{"name":"Zoe"}']);
  expect([await added.exit, added.stderr()]).toEqual([0, ""]);
  expect(added.stdout()).toMatch(/^server: greeting of Zoe: committed after \d+ ms\n/);
  expect(added.stdout()).toContain("{ id: 'Zoe', isDate: true }");

  const failed = job([greet, '{"name":"Bob","fail":true}']);
  expect(await failed.exit).toBe(1);
  expect(failed.stdout()).toMatch(/^server: greeting of Bob: rolled back \(the greeting was too loud\)/);
  expect(failed.stderr()).toContain("Error: the greeting was too loud");

  const twice = job([greet, '{"name":"Zoe"}']);
  expect(await twice.exit).toBe(1);
  expect(twice.stdout()).toContain("rolled back (duplicate key value");
  expect(await names()).toMatch(/'Zoe'[\s\S]*SELECT 1/);
});

test("without a running stack a job starts one, and leaves the rows and no process", async () => {
  const alone = job([greet]);
  expect([await alone.exit, alone.stdout()]).toEqual([
    0,
    expect.stringContaining("greeting of Ada: committed"),
  ]);
  expect(alone.children("")).toEqual([]);
  expect(await linksOfRunningStack(dataDir())).toBeUndefined();
  expect(await readdir(dataDir())).not.toContain("links.json");

  await cli(["stack"]).addresses();
  expect(await names()).toContain("'Ada'");
});

test("a wrong path, event or module is an error that says what to do", async () => {
  const missing = job(["nowhere.ts"]);
  expect(await missing.exit).toBe(1);
  expect(missing.stderr()).toMatch(/There is no file .*nowhere\.ts\.\n→ Name the file/);

  const event = job([greet, "{name:1}"]);
  expect(await event.exit).toBe(1);
  expect(event.stderr()).toContain("The event is no JSON: {name:1}");

  await cli(["stack"]).addresses();
  const empty = join(dirname(dataDir()), "empty.ts");
  await writeFile(empty, "export {};\n");
  const nothing = job([empty]);
  expect(await nothing.exit).toBe(1);
  expect(nothing.stderr()).toContain('exports no function "handler"');
});
