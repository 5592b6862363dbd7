import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePlatform } from "../tools/platform.ts";

/** A resource that a deployment would have made: its inputs with secrets opened, and the paths that were secret. */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  secret: string[];
}

interface Deployment {
  stage: string;
  /** As under `sst dev`, where the application itself runs on the developer's machine. */
  dev?: boolean;
  /** Variables of whoever deploys. */
  environment?: Record<string, string>;
  /** What `sst secret set` stored, as SST hands it to the program. All of `secrets`, unless given. */
  secrets?: Record<string, string>;
}

/** Values that a test can look for wherever they must not be. */
export const secrets = {
  SST_SECRET_AuthSecret: "the-secret-that-signs-the-cookies",
  SST_SECRET_ElectricSourceId: "the-source",
  SST_SECRET_ElectricSourceSecret: "the-secret-of-the-source",
};

/**
 * Runs sst.config.ts as a deployment would, with SST's real components and without a cloud.
 *
 * @returns every resource in the order of its registration, the outputs of the stack with the type `output`, and what
 *   `app` of sst.config.ts decides with the type `app`
 * @throws when the program fails, with what it printed
 */
export function dryRun({
  stage,
  dev = false,
  environment = {},
  secrets: stored = secrets,
}: Deployment): Registered[] {
  const root = ensurePlatform();
  const directory = mkdtempSync(join(tmpdir(), "tracer-infra-"));
  try {
    const bundled = bundle(root);
    prepareSite(directory);
    const globals = {
      $app: {
        name: "tracer",
        stage,
        removal: "remove",
        protect: false,
        providers: { aws: { region: "us-east-1" } },
      },
      $dev: dev,
      $cli: {
        command: dev ? "dev" : "deploy",
        rpc: "",
        paths: {
          home: directory,
          root: directory,
          work: join(directory, ".sst"),
          platform: `${root}.sst/platform`,
        },
        state: { version: {} },
      },
    };
    const program = spawnSync(process.execPath, [bundled], {
      cwd: directory,
      env: { PATH: process.env.PATH, ...stored, ...environment, DRY_RUN_GLOBALS: JSON.stringify(globals) },
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      timeout: 60_000,
    });
    if (program.status !== 0) throw new Error(`The program of ${stage} failed:\n${program.stderr}`);
    const lines = program.stdout.trim().split("\n");
    return lines.map((line): Registered => JSON.parse(line));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A build of the web app as SST expects to find one, small. */
function prepareSite(directory: string) {
  const output = join(directory, "packages/web/.output");
  for (const folder of ["server", "public/assets"]) mkdirSync(join(output, folder), { recursive: true });
  writeFileSync(
    join(directory, "packages/web/package.json"),
    JSON.stringify({ scripts: { build: "vite build" } }),
  );
  writeFileSync(
    join(output, "nitro.json"),
    JSON.stringify({ preset: "aws-lambda", config: { awsLambda: { streaming: true } } }),
  );
  writeFileSync(join(output, "server/index.mjs"), "export const handler = () => {};");
  writeFileSync(join(output, "public/assets/app-1a2b3c.js"), "");
  writeFileSync(join(output, "public/favicon.svg"), "<svg/>");
}

/** Bundles the program as SST does: its helpers injected, packages left to be found beside the platform. */
function bundle(root: string) {
  const platform = `${root}.sst/platform`;
  const esbuild: Esbuild = createRequire(`${platform}/package.json`)("esbuild");
  const outfile = `${platform}/dry-run.mjs`;
  esbuild.buildSync({
    entryPoints: [`${root}infra/test/program.ts`],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    inject: [`${platform}/src/shim/run.js`],
    banner: {
      js: [
        `import { createRequire as requireFrom } from "node:module";`,
        "const require = requireFrom(import.meta.url);",
        "const __dirname = import.meta.dirname;",
        "Object.assign(globalThis, JSON.parse(process.env.DRY_RUN_GLOBALS));",
      ].join("\n"),
    },
    // Else esbuild would read the repository's tsconfig.json, which is not meant for SST's sources.
    tsconfigRaw: "{}",
    logLevel: "warning",
  });
  return outfile;
}

/** The part of esbuild that is used; SST brings the package, and nothing else here depends on it. */
interface Esbuild {
  buildSync(options: Record<string, unknown>): void;
}
