// Checks sst.config.ts and infra/ against SST's real types, then the tools and tests of infra/ as ordinary code.
import { spawnSync } from "node:child_process";
import { ensurePlatform, PlatformError } from "./platform.ts";

const projects = ["infra/tsconfig.json", "infra/tsconfig.tools.json"];

try {
  const root = ensurePlatform();
  const failed = projects.filter((project) => !passes(root, project));
  process.exitCode = failed.length > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof PlatformError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function passes(root: string, project: string) {
  const compiler = `${root}node_modules/typescript/bin/tsc`;
  return (
    spawnSync(process.execPath, [compiler, "-p", project], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    }).status === 0
  );
}
