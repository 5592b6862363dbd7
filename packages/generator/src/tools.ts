import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { resolveConfig } from "vite";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const drizzleKit = join(dirname(require.resolve("drizzle-kit")), "bin.cjs");
const biome = require.resolve("@biomejs/biome/bin/biome");

/**
 * Lets drizzle-kit compare the schema files with the last migration, and write the next one.
 *
 * @param name what the migration is called
 * @throws what it wrote, when it fails or would ask something
 */
export async function generateMigration(folder: string, name: string): Promise<void> {
  const args = ["generate", "--name", name];
  const output = await runProgram(drizzleKit, args, join(folder, "packages/core"));
  // It ends with 0 when it cannot even read the schema files.
  if (!/nothing to migrate|migration file/.test(output)) throw new Error(`drizzle-kit failed:\n${output}`);
}

/** Formats files and sorts their imports, as `npm run format` does. */
export async function format(folder: string, paths: string[]): Promise<void> {
  await runProgram(biome, ["check", "--write", ...paths], folder);
}

/** Brings `routeTree.gen.ts` in step with the routes, as Vite does when it starts. */
export async function refreshRouteTree(folder: string): Promise<void> {
  const root = join(folder, "packages/web");
  // The router's plugin writes the tree as soon as the configuration is settled.
  const config = {
    root,
    configFile: join(root, "vite.config.ts"),
    configLoader: "native",
    logLevel: "silent",
  } as const;
  await resolveConfig(config, "serve");
}

async function runProgram(program: string, args: string[], cwd: string): Promise<string> {
  try {
    const running = run(process.execPath, [program, ...args], { cwd });
    running.child.stdin?.end();
    const { stdout, stderr } = await running;
    return stdout + stderr;
  } catch (error) {
    const output =
      error instanceof Error && "stdout" in error && "stderr" in error
        ? `${error.stdout}${error.stderr}`
        : error;
    throw new Error(`${program} failed:\n${output}`, { cause: error });
  }
}
