import type { Graph } from "./flame-graphs.ts";
import type { Measured } from "./row.ts";
import { escaped } from "./svg.ts";

/** What a row has measured. */
export interface Section {
  title: string;
  about: string;
  measured: Measured[];
}

/** Where and with what the figures were measured. */
export interface Circumstances {
  date: string;
  machine: string;
  versions: string;
}

/** Returns the app's figure over the limit's. Undefined without a limit. */
export function ratioOf({ app, limit }: Measured): number | undefined {
  return limit === undefined ? undefined : app / limit;
}

/** Tells whether a figure meets its aim. Undefined without an aim. */
export function meetsAim(measured: Measured): boolean | undefined {
  const [, sign, text] = /^([≤≥])? ?([\d.]+)/.exec(measured.aim) ?? [];
  const figure = measured.aimed === "ratio" ? ratioOf(measured) : measured.app;
  if (text === undefined || figure === undefined) return undefined;
  return sign === "≥" ? figure >= Number(text) : figure <= Number(text);
}

/** Writes the page of all figures, in Markdown. Each section has a chart beside it, which {@link chartOf} draws. */
export function pageOf(
  sections: readonly Section[],
  graphs: readonly Pick<Graph, "title" | "file">[],
  { date, machine, versions }: Circumstances,
): string {
  const parts = sections.map(
    ({ title, about, measured }) =>
      `## ${title}\n\n${about}\n\n![${title}](${chartFile(title)})\n\n${tableOf(measured)}\n`,
  );
  const flames = graphs.map(({ title, file }) => `### ${title}\n\n![${title}](${file})\n`);
  return `# Benchmarks

\`npm run bench\` wrote this page on ${date}: medians of alternating runs of the app and of the limit. The limit is the same
without the app, and each section says what that is. A machine's speed drifts, so compare only figures of one run.
[Peers](peers.md) holds the figures of other programs of this kind, from another run on another day.

- Machine: ${machine}
- Versions: ${versions}

${parts.join("\n")}
## Where the time goes

Profiles of the web process of the production build under load, without the time in which the process waits. A function is as
wide as its part of the time, and stands below its caller. Open a file by itself to read the narrow ones: the browser names
what is under the pointer.

${flames.join("\n")}`;
}

/** Writes the figures as a table in Markdown, which a terminal shows well too. */
export function tableOf(measured: readonly Measured[]): string {
  const cells = [
    ["what", "app", "limit", "app over limit", "aim", "met"],
    ...measured.map((one) => [
      one.what,
      `${digits(one.app)} ${one.unit}`,
      one.limit === undefined ? "" : `${digits(one.limit)} ${one.unit}`,
      digits(ratioOf(one)),
      one.aim && `${one.aim}${one.aimed === "ratio" ? " ×" : ""}`,
      { true: "yes", false: "no", undefined: "" }[String(meetsAim(one)) as "true" | "false" | "undefined"],
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const lines = cells.map(
    (row) => `| ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |`,
  );
  lines.splice(1, 0, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
  return lines.join("\n");
}

/** The name of a section's chart, such as `benchmarks/live-poll.svg`. */
export function chartFile(title: string): string {
  return `benchmarks/${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.svg`;
}

const barHeight = 14;
const groupHeight = 46;
const labelWidth = 270;
const barWidth = 330;

const limitLegend = `<rect class="limit" x="${labelWidth + 70}" y="10" width="12" height="12"/><text x="${labelWidth + 88}" y="20">limit</text>`;

/** Draws a section as an SVG: for each line a bar of the app, and below it a bar of the limit. */
export function chartOf({ title, measured }: Section): string {
  const height = groupHeight * measured.length + 40;
  const groups = measured.map((one, index) => {
    const top = 36 + groupHeight * index;
    const longest = Math.max(...besides(one, measured)) || 1;
    const bar = (value: number, y: number, name: string) =>
      `<rect class="${name}" x="${labelWidth}" y="${y}" width="${Math.max(1, (value / longest) * barWidth).toFixed(1)}" height="${barHeight}"/>` +
      `<text x="${labelWidth + (value / longest) * barWidth + 6}" y="${y + 11}">${digits(value)} ${one.unit}</text>`;
    const limit = one.limit === undefined ? "" : bar(one.limit, top + barHeight + 2, "limit");
    return `<text x="${labelWidth - 8}" y="${top + 11}" text-anchor="end">${escaped(one.what)}</text>${bar(one.app, top, "app")}${limit}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 ${height}" role="img" aria-label="${escaped(title)}: the app above, the limit below">
<style>text{font:12px system-ui,sans-serif;fill:#444}.app{fill:#3b6fd4}.limit{fill:#a9b4c4}@media(prefers-color-scheme:dark){text{fill:#ccc}}</style>
<rect class="app" x="${labelWidth}" y="10" width="12" height="12"/><text x="${labelWidth + 18}" y="20">app</text>
${measured.some(({ limit }) => limit !== undefined) ? limitLegend : ""}
${groups.join("\n")}
</svg>
`;
}

/** The figures that a line's bars are compared with: those of the line, or of all lines where a line has no limit. */
function besides({ app, limit, unit }: Measured, measured: readonly Measured[]): number[] {
  if (limit !== undefined) return [app, limit];
  return measured.filter((one) => one.limit === undefined && one.unit === unit).map((one) => one.app);
}

function digits(value: number | undefined): string {
  if (value === undefined) return "";
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
