import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePlatform } from "../tools/platform.ts";

/**
 * A resource that a deployment would make: its inputs with the secrets in plain text, and the paths of these secrets.
 */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  secret: string[];
  /** Whether the resource stays when the stage is removed. */
  retained?: boolean;
}

interface Deployment {
  stage: string;
  /** Whether to deploy as `sst dev` does, where the application runs on the developer's machine. */
  dev?: boolean;
  /** The environment variables of the person who deploys. */
  environment?: Record<string, string>;
  /** The name of a resource that the cloud fails to make. */
  fails?: string;
  /** The values of `sst secret set`, as SST passes them to the program; by default all of `secrets`. */
  secrets?: Record<string, string>;
}

/** The bundled program, once a test of this process needs it. */
let bundled: string | undefined;

/** Secret values. A test can look for them in places where they must not appear. */
export const secrets = {
  SST_SECRET_AuthSecret: "the-secret-that-signs-the-cookies",
  SST_SECRET_AppDatabasePassword: "the-password-of-the-app",
  SST_SECRET_ElectricDatabasePassword: "the-password-of-electric",
  SST_SECRET_ElectricSourceId: "the-source",
  SST_SECRET_ElectricSourceSecret: "the-secret-of-the-source",
};

/** The values that a stage with sign-in at Google and GitHub needs besides. */
export const providerSecrets = {
  SST_SECRET_GitHubClientId: "the-client-at-github",
  SST_SECRET_GitHubClientSecret: "the-secret-of-the-client-at-github",
  SST_SECRET_GoogleClientId: "the-client-at-google",
  SST_SECRET_GoogleClientSecret: "the-secret-of-the-client-at-google",
};

/**
 * Runs sst.config.ts as a deployment would, with SST's real components and without a cloud.
 *
 * @returns every resource, in the order of registration; also the outputs of the stack, with the type `output`, and the
 *   result of `app` in sst.config.ts, with the type `app`
 * @throws FailedDeployment when the program fails
 */
export function dryRun(deployment: Deployment): Registered[] {
  const key = JSON.stringify(deployment);
  const registered = earlier.get(key) ?? run(deployment);
  earlier.set(key, registered);
  return registered;
}

/** What the deployments of this process have registered: a run takes more than a second. */
const earlier = new Map<string, Registered[]>();

function run({
  stage,
  dev = false,
  environment = {},
  fails = "",
  secrets: stored = secrets,
}: Deployment): Registered[] {
  const root = ensurePlatform();
  const directory = mkdtempSync(join(tmpdir(), "tracer-infra-"));
  try {
    bundled ??= bundle(root);
    prepareSite(directory);
    const globals = {
      $app: {
        name: "tracer",
        stage,
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
      env: {
        PATH: process.env.PATH,
        ...stored,
        ...environment,
        DRY_RUN_FAILS: fails,
        DRY_RUN_GLOBALS: JSON.stringify(globals),
      },
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      timeout: 120_000,
    });
    const lines = program.stdout.split("\n").filter((line) => line !== "");
    const registered = lines.map((line): Registered => JSON.parse(line));
    if (program.status !== 0) throw new FailedDeployment(stage, program.stderr, registered);
    return registered;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A deployment has failed. The message holds what the program wrote to standard error. */
export class FailedDeployment extends Error {
  override name = "FailedDeployment";
  /** What was registered until the deployment failed, with the resource that failed. */
  readonly registered: readonly Registered[];

  constructor(stage: string, output: string, registered: readonly Registered[]) {
    super(`The program of ${stage} failed:\n${output}`);
    this.registered = registered;
  }
}

/** Writes a small build of the web app, in the form that SST expects. */
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

/** Bundles the program as SST does: with SST's globals injected, and with packages resolved beside the platform. */
function bundle(root: string) {
  const platform = `${root}.sst/platform`;
  const esbuild: Esbuild = createRequire(`${platform}/package.json`)("esbuild");
  const outfile = `${platform}/dry-run.mjs`;
  // Test files run side by side. A file that is renamed is never read half written.
  const unfinished = `${platform}/dry-run-${process.pid}.mjs`;
  esbuild.buildSync({
    entryPoints: [`${root}infra/test/program.ts`],
    outfile: unfinished,
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
    // Without this, esbuild would read the repository's tsconfig.json, which does not suit SST's sources.
    tsconfigRaw: "{}",
    logLevel: "warning",
  });
  renameSync(unfinished, outfile);
  return outfile;
}

/** The part of esbuild that this file uses. SST brings the package; the project does not depend on it. */
interface Esbuild {
  buildSync(options: Record<string, unknown>): void;
}
