import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { checkDisk, checkNode, type Finding } from "./doctor-checks.ts";

/** The oldest Node that may run npm here, as `package.json` says. */
const oldestNode = 20;

/** The port of the app. The app and the services of the local stack take other ports when theirs are taken. */
const appPort = 3000;

const browsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Looks at what the local stack and the tests need of this machine.
 *
 * @param root the repository's folder
 */
export async function checkMachine(root: string, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { bavail, bsize } = statfsSync(root);
  return [
    checkNode(environment.npm_config_node_version ?? process.version, oldestNode),
    existsSync(join(root, "node_modules"))
      ? { name: "Packages", found: "installed" }
      : { name: "Packages", found: "not installed", nextStep: "npm ci" },
    checkFolder(root),
    checkDisk(bavail * bsize),
    findBrowser(environment),
    await checkPort(appPort),
  ];
}

/** Whether the local stack can make its folder `.tracer`, and the build its output. */
export function checkFolder(root: string): Finding {
  try {
    accessSync(root, constants.W_OK);
    return { name: "Permissions", found: "this folder can be written" };
  } catch {
    const nextStep = `Make ${root} writable for you: sudo chown -R "$USER" ${root}`;
    return { name: "Permissions", found: "this folder cannot be written", nextStep };
  }
}

/** Looks for the browser of the end-to-end tests on the PATH and where Playwright keeps its own. */
export function findBrowser({ PATH = "", HOME = "", PLAYWRIGHT_BROWSERS_PATH }: NodeJS.ProcessEnv): Finding {
  const places = PATH.split(delimiter).flatMap((folder) => browsers.map((name) => join(folder, name)));
  const own = PLAYWRIGHT_BROWSERS_PATH || join(HOME, ".cache", "ms-playwright");
  const found = [...places, own].find((path) => existsSync(path));
  return found
    ? { name: "Browser", found }
    : { name: "Browser", found: "no Chromium found", nextStep: "npx playwright install chromium" };
}

/** Looks whether a port is free. A port that is taken is no problem, because the stack takes another one. */
export async function checkPort(port: number): Promise<Finding> {
  const server = createServer();
  const free = await new Promise<boolean>((done) => {
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => done(true));
  });
  server.close();
  return { name: `Port ${port}`, found: free ? "free" : "taken: the stack takes another one" };
}
