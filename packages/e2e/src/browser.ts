import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/**
 * The browser to test with: Playwright's own, else one that the system has, else Playwright's own after a download.
 *
 * @returns the path of a browser of the system; undefined means Playwright's own
 * @throws with what to install when there is none and none can be downloaded
 */
export function findBrowser(): string | undefined {
  if (existsSync(chromium.executablePath())) return undefined;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (found) return found;
  try {
    console.log("No Chromium found: downloading the one that Playwright is made for.");
    execFileSync("npx", ["playwright", "install", "chromium"], { stdio: "inherit" });
    return undefined;
  } catch {
    throw new Error(
      "The end-to-end tests need Chromium. Install it with `npx playwright install --with-deps chromium`, " +
        "or on Debian with `apt-get install chromium`, and run them again.",
    );
  }
}
