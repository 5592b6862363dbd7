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
 * Runs drizzle-kit, which compares the schema files with the newest migration and writes the next one.
 *
 * @param folder the root of the project or of a copy
 * @param name the name of the migration, without its number
 * @throws Error with drizzle-kit's output, when drizzle-kit fails or asks a question
 */
export async function generateMigration(folder: string, name: string): Promise<void> {
  const args = ["generate", "--name", name];
  const output = await runProgram(drizzleKit, args, join(folder, "packages/core"));
  // drizzle-kit exits with 0 even when it cannot read the schema files.
  if (!/nothing to migrate|migration file/.test(output)) throw new Error(`drizzle-kit failed:\n${output}`);
}

/**
 * Formats files and sorts their imports, as `npm run format` does.
 *
 * @param folder the root of the project or of a copy
 * @param paths from that root
 */
export async function format(folder: string, paths: readonly string[]): Promise<void> {
  await runProgram(biome, ["check", "--write", ...paths], folder);
}

/**
 * Writes `routeTree.gen.ts` from the route files, as Vite does when it starts.
 *
 * @param folder the root of the project or of a copy
 */
export async function refreshRouteTree(folder: string): Promise<void> {
  const root = join(folder, "packages/web");
  // The router's plugin writes the tree once Vite has resolved its configuration.
  const config = {
    root,
    configFile: join(root, "vite.config.ts"),
    configLoader: "native",
    logLevel: "silent",
  } as const;
  await resolveConfig(config, "serve");
}

async function runProgram(program: string, args: readonly string[], cwd: string): Promise<string> {
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
