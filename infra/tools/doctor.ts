// Says what is missing, and what to do about it: npm run doctor, or npm run doctor -- --stage production
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { missingMigrations } from "@tracer/core/drizzle/migrate";
import { checkStage, formatFindings, isWell, type StageState } from "./doctor-checks.ts";
import { checkMachine } from "./doctor-machine.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { values } = parseArgs({ options: { stage: { type: "string" } } });

const findings =
  values.stage === undefined
    ? await checkMachine(root, process.env)
    : checkStage(await readStage(values.stage, process.env));
console.log(formatFindings(findings));
process.exitCode = isWell(findings) ? 0 : 1;

/** Asks SST, AWS' configuration and the database what a stage has. Changes nothing. */
async function readStage(stage: string, environment: NodeJS.ProcessEnv): Promise<StageState> {
  const aws =
    Boolean(environment.AWS_ACCESS_KEY_ID || environment.AWS_PROFILE) ||
    existsSync(join(homedir(), ".aws", "credentials"));
  // Without credentials SST waits for long before it gives up.
  const secrets = aws ? sst("secret", "list", "--stage", stage) : undefined;
  const shell = aws ? sst("shell", "--stage", stage, "--", "printenv") : undefined;
  const links = shell === undefined ? undefined : namesIn(shell, /^SST_RESOURCE_(\w+)=/gm);
  const url = /^SST_RESOURCE_DatabaseDirect=(.*)$/m.exec(shell ?? "")?.[1];
  return {
    stage,
    environment,
    aws,
    docker: spawnSync("docker", ["info"], { stdio: "ignore", timeout: 20_000 }).status === 0,
    secrets: secrets === undefined ? undefined : namesIn(secrets, /^(\w+)=./gm),
    links: links && links.length > 0 ? links : undefined,
    missingMigrations: url === undefined ? undefined : await lacking(JSON.parse(url).url),
  };
}

function sst(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync("npx", ["sst", ...args], {
    cwd: root,
    encoding: "utf8",
    timeout: 120_000,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return status === 0 ? stdout : undefined;
}

function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);
}

async function lacking(url: string): Promise<string[] | undefined> {
  return missingMigrations(url).catch(() => undefined);
}
