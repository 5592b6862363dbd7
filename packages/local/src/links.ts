import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import pg from "pg";
import type { Links } from "./app-links.ts";

const linksFile = (dataDir: string) => join(resolve(dataDir), "links.json");

/**
 * Writes the links of a running stack into the data folder, where {@link linksOfRunningStack} finds them.
 *
 * @returns a function that removes the links again
 */
export async function publishLinks(dataDir: string, links: Links): Promise<() => Promise<void>> {
  // The links contain secrets.
  await writeFile(linksFile(dataDir), JSON.stringify(links), { mode: 0o600 });
  return () => rm(linksFile(dataDir), { force: true });
}

/** Returns the links of the stack that runs on a data folder. Undefined when none runs, or its database is down. */
export async function linksOfRunningStack(dataDir: string): Promise<Links | undefined> {
  const text = await readFile(linksFile(dataDir), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const links: Links = JSON.parse(text);
  const { url }: { url: string } = JSON.parse(links.SST_RESOURCE_Database ?? "{}");
  // A killed stack leaves the file behind.
  return (await answers(url)) ? links : undefined;
}

async function answers(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
