/**
 * Prints what each package weighs in the scripts of the pages, in KB after gzip: in the scripts that the HTML names, which
 * the browser needs before the page works, and in what an open page loads after these. Run `npm run build`, then
 * `npm run bench:weight -w @tracer/e2e`.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { SourceMap, type SourceMapPayload } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "@playwright/test";
import { findBrowser } from "../src/browser.ts";
import { builtFiles, codeOf } from "../src/page-code.ts";
import { watchScripts } from "../src/page-scripts.ts";
import { contextOf } from "../src/person.ts";
import { openSite } from "./site.ts";

const web = fileURLToPath(new URL("../../web", import.meta.url));

/** How long a page is left alone until it has loaded what it loads by itself, in milliseconds. */
const settled = 4_000;

/** What is from no package: the app's own code, and what the bundler adds. */
const ownCode = "the app itself";

/** What a script consists of: KB after gzip by the name of the package. */
type Weights = ReadonlyMap<string, number>;

const maps = await mkdtemp(join(tmpdir(), "tracer-page-weight-"));
try {
  const columns = await weighPages();
  print(columns);
} finally {
  await rm(maps, { recursive: true, force: true });
}

/** Opens each page in a browser of its own. Returns the weights by the title of the column. */
async function weighPages(): Promise<ReadonlyMap<string, Weights>> {
  execFileSync("npx", ["vite", "build", "--logLevel", "error", "--sourcemap", "hidden"], {
    cwd: web,
    env: { ...process.env, TRACER_OUTPUT: maps },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await using site = await openSite();
  const executablePath = findBrowser();
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  try {
    const person = await site.signUp();
    const columns = new Map<string, Weights>();
    for (const path of ["/", "/sign-in", "/profile"]) {
      const signedIn = path === "/profile";
      const context = signedIn ? await contextOf(browser, site.url, person) : await browser.newContext();
      const page = await context.newPage();
      const loaded = watchScripts(page);
      const answer = await page.goto(site.url + path);
      const first = codeOf((await answer?.text()) ?? "").scripts;
      await delay(settled);
      const later = loaded().filter((script) => !first.includes(script));
      columns.set(path, await weightsOf(first));
      columns.set(`${path}, later`, await weightsOf(later));
      await context.close();
    }
    return columns;
  } finally {
    await browser.close();
  }
}

/** Adds up the packages in some scripts. */
async function weightsOf(scripts: readonly string[]): Promise<Weights> {
  const sum = new Map<string, number>();
  for (const script of scripts)
    for (const [name, weight] of await weightsIn(script)) sum.set(name, (sum.get(name) ?? 0) + weight);
  return sum;
}

/**
 * Shares the weight of a script out among its packages: each by the weight of its own text alone, so that what compresses
 * well counts less.
 */
async function weightsIn(script: string): Promise<Weights> {
  const code = await readFile(join(builtFiles, script), "utf8");
  const file = join(maps, "public", script);
  if (!existsSync(file))
    throw new Error(`The build is older than the sources: ${script}. Run: npm run build`);
  // The bundler's own code has no map.
  if (!existsSync(`${file}.map`)) return new Map([[ownCode, compressed(code)]]);
  const payload: SourceMapPayload = JSON.parse(await readFile(`${file}.map`, "utf8"));
  const alone = new Map<string, number>();
  for (const [name, text] of textsOf(code, new SourceMap(payload))) alone.set(name, compressed(text));
  const share = compressed(code) / [...alone.values()].reduce((sum, weight) => sum + weight, 0);
  return new Map([...alone].map(([name, weight]) => [name, weight * share]));
}

/** The weight of a text after gzip, in KB of 1,000 bytes. */
function compressed(text: string): number {
  return gzipSync(text, { level: 9 }).byteLength / 1000;
}

/** Splits a script by the packages that its characters come from. */
function textsOf(code: string, map: SourceMap): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [line, text] of code.split("\n").entries()) {
    let start = 0;
    let current = packageAt(map, line, 0);
    for (let column = 1; column <= text.length; column++) {
      const next = column < text.length ? packageAt(map, line, column) : undefined;
      if (next === current) continue;
      texts.set(current, (texts.get(current) ?? "") + text.slice(start, column));
      start = column;
      if (next !== undefined) current = next;
    }
  }
  return texts;
}

/** Names the package that a character comes from. Text that the bundler has added counts as the app's own. */
function packageAt(map: SourceMap, line: number, column: number): string {
  const entry = map.findEntry(line, column);
  const source = "originalSource" in entry ? (entry.originalSource ?? "") : "";
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source) ?? [];
  return name ?? ownCode;
}

/** Prints the table in Markdown, the heaviest package first. */
function print(columns: ReadonlyMap<string, Weights>): void {
  const sums = [...columns.values()].map((weights) => [...weights.values()].reduce((a, b) => a + b, 0));
  const names = [...new Set([...columns.values()].flatMap((weights) => [...weights.keys()]))];
  const heaviest = (name: string) => Math.max(...[...columns.values()].map((one) => one.get(name) ?? 0));
  const rows = [
    ["package", ...columns.keys()],
    ["---", ...sums.map(() => "--:")],
    ...names
      .sort((one, other) => heaviest(other) - heaviest(one))
      .map((name) => [name, ...[...columns.values()].map((weights) => figure(weights.get(name)))]),
    ["**all**", ...sums.map((sum) => `**${figure(sum)}**`)],
  ];
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}

/** KB with one digit. Nothing below 50 bytes. */
function figure(weight = 0): string {
  return weight < 0.05 ? "" : weight.toFixed(1);
}
