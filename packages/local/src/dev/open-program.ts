import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Opens an address in the person's browser.
 *
 * @returns false when the system has no program for this
 */
export async function openBrowser(url: string): Promise<boolean> {
  const [program = "", ...args] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  child.unref();
  return once(child, "spawn").then(
    () => true,
    () => false,
  );
}

const openers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ["open"],
  // The empty text is the title of the window, which `start` expects first.
  win32: ["cmd", "/c", "start", ""],
};

/**
 * Runs psql in this terminal until the person leaves psql. Meanwhile Ctrl-C belongs to psql.
 *
 * @returns false when there is no psql
 */
export async function runPsql(databaseUrl: string): Promise<boolean> {
  const stops = process.listeners("SIGINT");
  process.removeAllListeners("SIGINT");
  const ignore = () => {};
  process.on("SIGINT", ignore);
  try {
    const child = spawn("psql", [databaseUrl], { stdio: "inherit" });
    await once(child, "spawn");
    await once(child, "exit");
    return true;
  } catch {
    return false;
  } finally {
    process.off("SIGINT", ignore);
    for (const stop of stops) process.on("SIGINT", stop);
  }
}
