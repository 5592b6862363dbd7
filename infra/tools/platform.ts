import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const stampFile = `${root}.sst/installed.json`;

/**
 * Makes SST's real platform, types and sources, available below `.sst`, from the npm registry alone: about half a
 * minute the first time, nothing after that until the version of SST or `sst.config.ts` changes.
 *
 * @returns the repository's root, with a slash at its end
 * @throws PlatformError when SST cannot install it, with what SST said
 */
export function ensurePlatform(): string {
  const wanted = fingerprint();
  const installed = existsSync(`${root}.sst/platform/config.d.ts`) && existsSync(stampFile);
  if (installed && readFileSync(stampFile, "utf8") === wanted) return root;

  console.error("Installing SST's platform types into .sst (half a minute, the first time only) …");
  // A stage must be named where no user name can be had, as for root; none is touched.
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

/** SST could not install its platform. The message holds what it printed and what to try. */
export class PlatformError extends Error {
  override name = "PlatformError";

  constructor(install: { stdout: string; stderr: string; error?: Error; signal: string | null }) {
    const printed = `${install.stdout}${install.stderr}`.trim().split("\n").slice(-5).join("\n");
    const reason = install.error?.message ?? (install.signal ? `ended by ${install.signal}` : printed);
    super(
      `\`sst install\` failed:\n${reason}\n\n` +
        "It fetches SST's platform from the npm registry, so it needs the network once. " +
        "Remove .sst to start from nothing.",
    );
  }
}

/** Changes whenever what `sst install` makes would change. */
function fingerprint() {
  const sst: unknown = JSON.parse(readFileSync(`${root}node_modules/sst/package.json`, "utf8"));
  const config = readFileSync(`${root}sst.config.ts`);
  return createHash("sha256").update(JSON.stringify(sst)).update(config).digest("hex");
}

function installEnvironment() {
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    SST_TELEMETRY_DISABLED: "1",
    // Pulumi and Bun come from GitHub, and neither is needed for types.
    SST_SKIP_DEPENDENCY_CHECK: "1",
    NO_BUN: "1",
    // The Neon provider's postinstall script runs a file that its package lacks.
    npm_config_ignore_scripts: "true",
  };
  // Under `npm run`, npm points its children at this repository; SST's own npm has to work below .sst.
  delete environment.npm_config_local_prefix;
  return environment;
}
