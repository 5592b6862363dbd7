import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { launchBrowser } from "../src/browser.ts";
import type { Site } from "./site.ts";

/** The libraries whose versions the figures depend on most, from the packages of the web app. */
const libraries = ["@tanstack/db", "@electric-sql/client", "better-auth", "drizzle-orm"];
const webPackage = join(import.meta.dirname, "../../web/package.json");

/** Names the versions of what was measured, in one line. */
export async function versionsOf({ sql, stack }: Pick<Site, "sql" | "stack">): Promise<string> {
  const { rows } = await sql.query<{ server_version: string }>("show server_version");
  await using browser = await launchBrowser();
  return [
    `Node ${process.versions.node}`,
    `Postgres ${rows[0]?.server_version}`,
    stack.own ? "the project's shape server" : "Electric of the environment",
    `Chromium ${browser.version()}`,
    ...(await Promise.all(libraries.map(async (name) => `${name} ${await versionOf(name)}`))),
  ].join(", ");
}

async function versionOf(name: string): Promise<string> {
  const folders = createRequire(webPackage).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const text = await readFile(join(folder, name, "package.json"), "utf8").catch(() => undefined);
    if (text !== undefined) return String(JSON.parse(text).version);
  }
  throw new Error(`${name} is not installed.`);
}
