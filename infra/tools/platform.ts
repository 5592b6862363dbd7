import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const stampFile = `${root}.sst/installed.json`;

/**
 * Installs SST's real platform, its types and sources, below `.sst`, from the npm registry alone. This takes about half
 * a minute. Later calls do nothing, until the version of SST or `sst.config.ts` changes.
 *
 * @returns the path of the repository's root, with a slash at its end
 * @throws PlatformError when SST cannot install it, with what SST said
 */
export function ensurePlatform(): string {
  const wanted = fingerprint();
  const installed = existsSync(`${root}.sst/platform/config.d.ts`) && existsSync(stampFile);
  if (installed && readFileSync(stampFile, "utf8") === wanted) return root;

  console.error("Installing SST's platform types into .sst (half a minute, the first time only) …");
  // SST wants the name of a stage when it finds no user name, as for root. The command touches no stage.
  const install = spawnSync(
    process.execPath,
    [`${root}node_modules/sst/bin/sst.mjs`, "install", "--stage", "ci", "--print-logs"],
    {
      cwd: root,
      env: installEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
      timeout: 600_000,
    },
  );
  if (install.status !== 0) throw new PlatformError(install);
  writeFileSync(stampFile, wanted);
  return root;
}

/** SST could not install its platform. The message holds SST's output and what to try. */
export class PlatformError extends Error {
  override name = "PlatformError";

  constructor(install: { stdout: string; stderr: string; error?: Error; signal: string | null }) {
    const printed = `${install.stdout}${install.stderr}`.trim().split("\n").slice(-5).join("\n");
    const reason = install.error?.message ?? (install.signal ? `ended by ${install.signal}` : printed);
    super(
      `\`sst install\` failed:\n${reason}\n\n` +
        "The command fetches SST's platform from the npm registry, so it needs the network once. " +
        "Remove .sst to start from scratch.",
    );
  }
}

/** A hash that changes whenever the result of `sst install` may change. */
function fingerprint() {
  const sst: unknown = JSON.parse(readFileSync(`${root}node_modules/sst/package.json`, "utf8"));
  const config = readFileSync(`${root}sst.config.ts`);
  return createHash("sha256").update(JSON.stringify(sst)).update(config).digest("hex");
}

function installEnvironment() {
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    SST_TELEMETRY_DISABLED: "1",
    // SST would fetch Pulumi and Bun from GitHub. The types need neither.
    SST_SKIP_DEPENDENCY_CHECK: "1",
    NO_BUN: "1",
    // The postinstall script of the Neon provider runs a file that the package lacks.
    npm_config_ignore_scripts: "true",
  };
  // Under `npm run`, npm points its child processes at this repository. The npm that SST runs must work below .sst.
  delete environment.npm_config_local_prefix;
  return environment;
}
