import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";

/** What browsers may load of the production build. */
export const output = fileURLToPath(new URL("../../web/.output/public", import.meta.url));

/** The paths of scripts in a text: `/assets/` and the name of the file. */
export function scriptsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\/assets\/[\w.-]+\.js/g)].map(([path]) => path))];
}

/** Collects the scripts that a page loads from now on, in the order in which the page asks for them. */
export function watchScripts(page: Page): () => string[] {
  const loaded = new Set<string>();
  page.on("request", (request) => {
    for (const script of scriptsIn(new URL(request.url()).pathname)) loaded.add(script);
  });
  return () => [...loaded];
}

/** Reads a script of the production build. */
export function readScript(path: string): string {
  return readFileSync(output + path, "utf8");
}

/** What the browser loads for a text, in KB of 1,000 bytes. */
export function compressed(text: string): number {
  return gzipSync(text, { level: 9 }).byteLength / 1000;
}
