import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startCli } from "../test/cli-process.ts";
import { linksOfRunningStack } from "./links.ts";
import { pathOf } from "./node-child.ts";

const greet = pathOf("../test/greet-job.ts", import.meta.url);

let folder = "";
let dataDir = "";
const ended: (() => unknown)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tracer-job-"));
  dataDir = join(folder, "data");
  ended.push(() => rm(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

function cli(args: string[], env?: Record<string, string>) {
  const started = startCli(args, env);
  ended.push(async () => {
    if (started.child.exitCode === null) started.child.kill("SIGINT");
    await started.exit;
  });
  return started;
}

const job = (args: string[], env?: Record<string, string>) =>
  cli(["job", "--data-dir", dataDir, ...args], env);

async function names(): Promise<string> {
  const select = cli(["sql", `select name from "user" order by name`, "--data-dir", dataDir]);
  expect([await select.exit, select.stderr()]).toEqual([0, ""]);
  return select.stdout();
}

test("a job writes through the links of the running stack, by name and all or nothing", async () => {
  await cli(["stack", "--data-dir", dataDir]).addresses();

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
  expect(await linksOfRunningStack(dataDir)).toBeUndefined();
  expect(await readdir(dataDir)).not.toContain("links.json");

  await cli(["stack", "--data-dir", dataDir]).addresses();
  expect(await names()).toContain("'Ada'");
});

test("in the shell of a stage a job takes the links of the shell, and names the stage", async () => {
  await cli(["stack", "--data-dir", dataDir]).addresses();
  const links = await linksOfRunningStack(dataDir);
  const stage = { ...links, SST_RESOURCE_App: '{"name":"tracer","stage":"staging"}' };
  const elsewhere = cli(["job", greet, "--data-dir", join(folder, "unused")], stage);
  expect(await elsewhere.exit).toBe(0);
  expect(elsewhere.stderr()).toBe("The job runs on the stage staging.\n");
  expect(await readdir(folder)).not.toContain("unused");
  expect(await names()).toContain("'Ada'");
});

test("Ctrl-C ends the job and the stack that was started for the job", async () => {
  const forEver = join(folder, "for-ever.ts");
  await writeFile(
    forEver,
    'export async function handler() { console.log("waiting"); setInterval(() => {}, 1e6); await new Promise(() => {}); }',
  );
  const running = job([forEver]);
  await new Promise<void>((begun) => running.child.stdout.on("data", () => begun()));
  running.child.kill("SIGINT");
  expect(await running.exit).toBe(1);
  expect(await readdir(dataDir)).not.toContain("links.json");
});

test("a wrong path, event or module is an error that says what to do", async () => {
  const missing = job(["nowhere.ts"]);
  expect(await missing.exit).toBe(1);
  expect(missing.stderr()).toMatch(/There is no file .*nowhere\.ts\.\n→ Name the file/);

  const event = job([greet, "{name:1}"]);
  expect(await event.exit).toBe(1);
  expect(event.stderr()).toContain("The event is no JSON: {name:1}");

  await cli(["stack", "--data-dir", dataDir]).addresses();
  const empty = join(folder, "empty.ts");
  await writeFile(empty, "export {};\n");
  const nothing = job([empty]);
  expect(await nothing.exit).toBe(1);
  expect(nothing.stderr()).toContain('exports no function "handler"');
});
