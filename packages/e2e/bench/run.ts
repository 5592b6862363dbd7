/**
 * Measures the production build against the same without the app, prints one table, and writes `docs/benchmarks.md` with
 * its charts. Run `npm run build`, then `npm run bench`. Names of rows, such as `shape-route`, measure these alone, and
 * write nothing. With `ELECTRIC_URL` and `DATABASE_URL` set, the sync service is that of the environment.
 */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { chartFile, chartOf, pageOf, type Section, tableOf } from "./report.ts";
import type { Row } from "./row.ts";
import { openSite, type Site } from "./site.ts";

const wanted = process.argv.slice(2);
const docs = join(import.meta.dirname, "../../../docs");
const giveUpAfter = 10 * 60_000;

setTimeout(() => {
  console.error("The benchmark takes longer than ten minutes.");
  process.exit(1);
}, giveUpAfter).unref();

const rows = await loadRows();
const sections: Section[] = [];
{
  await using site = await openSite();
  for (const [index, { title, measure }] of rows.entries()) {
    console.log(`${index + 1} of ${rows.length}: ${title} …`);
    sections.push({ title, measured: await measure(site) });
  }
  if (wanted.length === 0) await writePage(site);
}
console.log(
  `\n${tableOf(sections.flatMap(({ title, measured }) => measured.map((one) => ({ ...one, what: `${title}: ${one.what}` }))))}`,
);

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

async function writePage({ sql, stack }: Site): Promise<void> {
  const { rows: found } = await sql.query("show server_version");
  const page = pageOf(sections, {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, load average ${loadavg()[1]?.toFixed(0)}`,
    versions: `Node ${process.versions.node}, Postgres ${found[0].server_version}, ${stack.own ? "the project's shape server" : "Electric of the environment"}`,
  });
  await mkdir(join(docs, "benchmarks"), { recursive: true });
  await writeFile(join(docs, "benchmarks.md"), page);
  for (const section of sections) await writeFile(join(docs, chartFile(section.title)), chartOf(section));
}
