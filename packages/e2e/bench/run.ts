/**
 * Measures the production build against the same without the app, prints one table, and writes `docs/benchmarks.md` with
 * its charts and flame graphs. Run `npm run build`, then `npm run bench`. Names of rows, such as `shape-route`, measure
 * these alone, and write no page. With `ELECTRIC_URL` and `DATABASE_URL` set, the sync service is that of the environment.
 *
 * A row that fails keeps no other row from being measured, but then no page is written, and the exit code is 1.
 */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { flameGraphs } from "./flame-graphs.ts";
import { chartFile, chartOf, pageOf, type Section, tableOf } from "./report.ts";
import type { Row } from "./row.ts";
import { openSite, type Site } from "./site.ts";
import { versionsOf } from "./versions.ts";

const wanted = process.argv.slice(2);
const docs = join(import.meta.dirname, "../../../docs");
const giveUpAfter = 10 * 60_000;

setTimeout(() => {
  console.error("The benchmark takes longer than ten minutes. So far:");
  printTable();
  process.exit(1);
}, giveUpAfter).unref();

const rows = await loadRows();
const sections: Section[] = [];
{
  await using site = await openSite();
  for (const [index, row] of rows.entries()) {
    console.log(`${index + 1} of ${rows.length}: ${row.title} …`);
    await measure(row, site);
  }
  if (wanted.length === 0 && sections.length === rows.length) await writePage(site);
}
printTable();

/** Measures one row, and says how long that took. */
async function measure({ title, about, measure }: Row, site: Site): Promise<void> {
  const began = performance.now();
  try {
    sections.push({ title, about, measured: await measure(site) });
    console.log(`  ${((performance.now() - began) / 1000).toFixed(0)} s`);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}

function printTable(): void {
  const measured = sections.flatMap(({ title, measured }) =>
    measured.map((one) => ({ ...one, what: `${title}: ${one.what}` })),
  );
  console.log(`\n${tableOf(measured)}`);
}

async function loadRows(): Promise<Row[]> {
  const files = (await readdir(join(import.meta.dirname, "rows")))
    .filter((file) => file.endsWith(".ts"))
    .sort();
  const names = files.map((file) => file.slice(0, -".ts".length));
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown) throw new Error(`There is no row ${unknown}. The rows are: ${names.join(", ")}.`);
  const chosen = names.filter((name) => wanted.length === 0 || wanted.includes(name));
  return Promise.all(
    chosen.map(async (name) => {
      const { row }: { row: Row } = await import(`./rows/${name}.ts`);
      return row;
    }),
  );
}

async function writePage(site: Site): Promise<void> {
  console.log("Flame graphs …");
  const graphs = await flameGraphs(site);
  const page = pageOf(sections, graphs, {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, load average ${loadavg()[1]?.toFixed(0)}`,
    versions: await versionsOf(site),
  });
  await mkdir(join(docs, "benchmarks"), { recursive: true });
  await writeFile(join(docs, "benchmarks.md"), page);
  for (const section of sections) await writeFile(join(docs, chartFile(section.title)), chartOf(section));
  for (const { file, svg } of graphs) await writeFile(join(docs, file), svg);
}
