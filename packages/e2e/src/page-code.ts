import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** The folder of the files that the production build gives to browsers. */
export const builtFiles = fileURLToPath(new URL("../../web/.output/public", import.meta.url));

/** The scripts that the HTML of a page names, and so the browser loads at once. */
export interface PageCode {
  /** Paths such as `/assets/index-1a2b3c.js`. */
  readonly scripts: readonly string[];
  readonly text: string;
  /** The size of all scripts after gzip, in KB of 1,000 bytes. */
  readonly kilobytes: number;
}

/** Finds the scripts that the HTML of a page of the production build names. */
export function codeOf(html: string): PageCode {
  const scripts = [...new Set([...html.matchAll(/\/assets\/[\w.-]+\.js/g)].map(([path]) => path))];
  const texts = scripts.map((script) => readFileSync(join(builtFiles, script), "utf8"));
  const bytes = texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).byteLength, 0);
  return { scripts, text: texts.join(""), kilobytes: bytes / 1000 };
}
