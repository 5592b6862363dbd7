import { readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { startCli } from "../test/cli-process.ts";
import { cliStacks } from "../test/cli-stacks.ts";
import { linksOfRunningStack } from "./links.ts";
import { pathOf } from "./node-child.ts";

// What `job.pg.test.ts` leaves out, because each test starts a stack.

const greet = pathOf("../test/greet-job.ts", import.meta.url);

const { cli, dataDir } = cliStacks();
const job = (args: string[]) => cli(["job", ...args]);

test("in the shell of a stage a job takes the links of the shell, and names the stage", async () => {
  await cli(["stack"]).addresses();
  const links = await linksOfRunningStack(dataDir());
  const stage = { ...links, SST_RESOURCE_App: '{"name":"tracer","stage":"staging"}' };
  const unused = join(dirname(dataDir()), "unused");
  const elsewhere = startCli(["job", greet, "--data-dir", unused], stage);
  expect(await elsewhere.exit).toBe(0);
  expect(elsewhere.stderr()).toBe("The job runs on the stage staging.\n");
  expect(await readdir(dirname(dataDir()))).not.toContain("unused");
  const select = cli(["sql", 'select name from "user"']);
  expect([await select.exit, select.stdout()]).toEqual([0, expect.stringContaining("'Ada'")]);
});

test("Ctrl-C ends the job and the stack that was started for the job", async () => {
  const forEver = join(dirname(dataDir()), "for-ever.ts");
  await writeFile(
    forEver,
    'export async function handler() { console.log("waiting"); setInterval(() => {}, 1e6); await new Promise(() => {}); }',
  );
  const running = job([forEver]);
  await new Promise<void>((begun) => running.child.stdout.on("data", () => begun()));
  running.child.kill("SIGINT");
  expect(await running.exit).toBe(1);
  expect(await readdir(dataDir())).not.toContain("links.json");
});
