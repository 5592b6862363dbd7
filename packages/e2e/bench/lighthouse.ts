/**
 * Has Lighthouse look at the production build: landing page, sign-in and a signed-in person's profile, on a phone and on a
 * desk. Prints the scores and what keeps a score from 100, and fails below the aims. Run `npm run build`, then
 * `npm run bench:lighthouse -w @tracer/e2e`. `npx` brings Lighthouse, which nothing else here needs.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "@playwright/test";
import { quietPort } from "@tracer/local/ports";
import { findBrowser } from "../src/browser.ts";
import { cookiesOf } from "../src/person.ts";
import { openSite } from "./site.ts";
import { median } from "./statistics.ts";

const version = "13.5.0";

/** How often each page is looked at. The scores are the medians. */
const rounds = 3;

/** The least score of each category, of 100. */
const aims = { performance: 98, accessibility: 100, "best-practices": 100 } as const;

const categories = ["performance", "accessibility", "best-practices"] as const;
type Category = (typeof categories)[number];

/** What is read of Lighthouse's report. See https://github.com/GoogleChrome/lighthouse/blob/main/docs/understanding-results.md. */
interface Report {
  readonly categories: Record<
    Category,
    {
      readonly score: number;
      readonly auditRefs: readonly { readonly id: string; readonly weight: number }[];
    }
  >;
  readonly audits: Record<
    string,
    { readonly title: string; readonly score: number | null; readonly displayValue?: string } | undefined
  >;
}

const forms = { phone: [], desk: ["--preset=desktop"] };
const run = promisify(execFile);

await using site = await openSite();
const folder = await mkdtemp(join(tmpdir(), "tracer-lighthouse-"));
const port = await quietPort();
const executablePath = findBrowser();
// Lighthouse opens its pages in the browser's own profile, so the cookies have to be there. A cookie in a header that
// Lighthouse adds is missing in some of the page's requests, and the page then says that the session has ended.
const browser = await chromium.launchPersistentContext(join(folder, "profile"), {
  ...(executablePath && { executablePath }),
  args: [`--remote-debugging-port=${port}`, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
});
try {
  const cookies = cookiesOf(site.url, await site.signUp());
  for (const [form, flags] of Object.entries(forms)) {
    await look("/", form, flags);
    await look("/sign-in", form, flags);
    await browser.addCookies(cookies);
    await look("/profile", form, flags);
    await browser.clearCookies();
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

/** Looks at a page some times, and prints the medians. */
async function look(path: string, form: string, flags: readonly string[]): Promise<void> {
  const reports: Report[] = [];
  for (let round = 0; round < rounds; round++) reports.push(await reportOn(path, flags));
  const scores = categories.map((category) => {
    const score = Math.round(100 * median(reports.map((report) => report.categories[category].score)));
    if (score < aims[category]) process.exitCode = 1;
    return `${category} ${score}${score < aims[category] ? ` (aim ${aims[category]})` : ""}`;
  });
  console.log(`${path} on a ${form}: ${scores.join(", ")}`);
  const [last] = reports.slice(-1);
  for (const line of last ? lacks(last) : []) console.log(`  ${line}`);
}

async function reportOn(path: string, flags: readonly string[]): Promise<Report> {
  const output = join(folder, "report.json");
  await run("npx", [
    ...["--yes", `lighthouse@${version}`, `${site.url}${path}`, "--quiet", "--output=json", `--port=${port}`],
    ...[`--output-path=${output}`, `--only-categories=${categories.join(",")}`],
    ...flags,
  ]);
  return JSON.parse(await readFile(output, "utf8"));
}

/** Says what keeps a score from 100, the weightiest first. */
function lacks({ categories: scored, audits }: Report): string[] {
  return categories
    .flatMap((category) => scored[category].auditRefs)
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .flatMap(({ id }) => {
      const audit = audits[id];
      if (!audit || audit.score === null || audit.score >= 0.995) return [];
      return [`${Math.round(audit.score * 100)} of 100: ${audit.title} ${audit.displayValue ?? ""}`];
    });
}
