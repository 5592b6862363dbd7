import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { startCli } from "./cli-process.ts";

/** How long the tests wait for what a busy machine does late. */
export const patience = { timeout: 30_000 };

/** Gives each test of a file a folder for the data of its stack, and ends what the test has started. */
export function cliStacks() {
  let dataDir = "";
  const ended: (() => unknown)[] = [];
  beforeEach(async () => {
    const parent = await mkdtemp(join(tmpdir(), "tracer-cli-"));
    dataDir = join(parent, "data");
    ended.push(() => rm(parent, { recursive: true, force: true }));
  });
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end();
  });
  return {
    /** The folder of the test that runs. The stack makes the folder. */
    dataDir: () => dataDir,
    /** Ends something when the test is over, the newest first. */
    defer: (end: () => unknown) => void ended.push(end),
    /** Starts the CLI on the test's folder. */
    cli(args: string[], env?: Record<string, string>) {
      const started = startCli([...args, "--data-dir", dataDir], env);
      ended.push(async () => {
        if (started.child.exitCode === null) started.child.kill("SIGINT");
        await started.exit;
      });
      return started;
    },
  };
}
