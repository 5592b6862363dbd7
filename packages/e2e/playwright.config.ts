import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig, devices } from "@playwright/test";
import { findBrowser } from "./src/browser.ts";

// The workers and the parts of their stacks load the same packages.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "tracer-compile-cache");

const external = process.env.DATABASE_URL !== undefined && process.env.ELECTRIC_URL !== undefined;
const executablePath = findBrowser();

export default defineConfig({
  testDir: "tests",
  // The long forms take minutes: `npm run test:long` runs them alone.
  testIgnore: process.env.TRACER_LONG ? [] : "**/*.long.spec.ts",
  outputDir: "../../test-results",
  // Each worker starts a stack of its own, but external services exist only once.
  workers: external ? 1 : 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: process.env.CI
    ? [
        ["list"],
        ["json", { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? "../../test-results/e2e.json" }],
      ]
    : [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    trace: "retain-on-failure",
    // Nobody has signed the certificate of the stand-in for CloudFront.
    ignoreHTTPSErrors: true,
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        // Root in a container cannot create the namespaces that the sandbox needs.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-background-networking",
        "--disable-component-update",
      ],
    },
  },
});
