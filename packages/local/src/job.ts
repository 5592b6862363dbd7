import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Links } from "./app-links.ts";
import { linksOfRunningStack } from "./links.ts";
import { forkOnLeash, pathOf } from "./node-child.ts";
import type { Report } from "./report.ts";
import { forgetLibpq, withoutProxyToThisMachine } from "./shell-environment.ts";
import { startStack } from "./stack.ts";
import { StackError } from "./stack-error.ts";

export interface JobOptions {
  /** The path of the module that exports `handler`. A relative path begins at the folder of the shell. */
  file: string;
  /** What `handler` gets, as JSON. */
  event: string;
  /** The data folder of the stack that the job works on. */
  dataDir: string;
  report: Report;
  /** Ends the job, or a start that is under way. */
  signal: AbortSignal;
}

/**
 * Runs a job with the links of the app. Under `sst shell` these are the links of the stage. Otherwise these are the links
 * of the stack that runs on the data folder, or of a stack that this function starts for the job.
 *
 * @returns the exit code of the job
 * @throws StackError when there is no such file, the event is no JSON, or the stack does not start
 */
export async function runJob({ file, event, dataDir, report, signal }: JobOptions): Promise<number> {
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), file);
  if (!existsSync(path)) throw new StackError(`There is no file ${path}.`, "Name the file of the job.");
  if (!isJson(event))
    throw new StackError(`The event is no JSON: ${event}`, `Such as: '{"day":"2026-11-26"}'`);
  const run = (links: Links) => runWith(links, [path, event], signal);

  const stage = process.env.SST_RESOURCE_Database && stageOf(process.env);
  if (stage) {
    report.note(`The job runs on the stage ${stage}.`);
    return run({});
  }
  forgetLibpq();
  const running = await linksOfRunningStack(dataDir);
  if (running) return run(local(running));
  await using stack = await startStack({ dataDir, report, signal });
  return await run(local(stack.links()));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The name of the stage whose links `sst shell` has set. */
function stageOf(environment: NodeJS.ProcessEnv): string {
  const { stage = "of this shell" }: { stage?: string } = JSON.parse(environment.SST_RESOURCE_App ?? "{}");
  return stage;
}

/** The environment of a job on this machine. */
function local(links: Links): Links {
  return { ...withoutProxyToThisMachine(process.env), ...links };
}

async function runWith(environment: Links, args: string[], signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  const child = forkOnLeash(pathOf("./job-child.ts", import.meta.url), args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const end = () => void child.kill("SIGTERM");
  signal.addEventListener("abort", end);
  const [code] = await once(child, "close");
  signal.removeEventListener("abort", end);
  return typeof code === "number" ? code : 1;
}
