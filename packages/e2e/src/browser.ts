import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "@playwright/test";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/**
 * Finds the browser to test with: Playwright's own, or a browser of the system, or Playwright's own after a download.
 *
 * @returns the path of a browser of the system, or undefined for Playwright's own
 * @throws Error that says what to install, when there is no browser and the download fails
 */
export function findBrowser(): string | undefined {
  if (existsSync(chromium.executablePath())) return undefined;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (found) return found;
  try {
    console.log("No Chromium found. Downloading the version that Playwright expects.");
    execFileSync("npx", ["playwright", "install", "chromium"], { stdio: "inherit" });
    return undefined;
  } catch {
    throw new Error(
      "The end-to-end tests need Chromium. Install it with `npx playwright install --with-deps chromium`, " +
        "or on Debian with `apt-get install chromium`, and run them again.",
    );
  }
}

/** Starts Chromium without a window. @throws as {@link findBrowser} does */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  return chromium.launch({
    ...(executablePath && { executablePath }),
    // Root in a container cannot create the namespaces that the sandbox needs.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}
