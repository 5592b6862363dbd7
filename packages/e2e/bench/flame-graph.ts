import type { Flame } from "./flame-tree.ts";
import { escaped } from "./svg.ts";

const width = 1_000;
const rowHeight = 16;
const headHeight = 44;
/** Functions that take less of the time are left out, so that the file stays small. */
const leastPart = 0.004;
const deepest = 40;
const characterWidth = 6.3;

/** The colours of the packages that took the most time, in this order. */
const palette = ["48 85% 74%", "140 50% 74%", "18 85% 78%", "285 50% 82%", "175 50% 70%", "340 70% 82%"];

/** What is no library has a colour of its own in every graph. */
const ownColours = { app: "215 80% 78%", node: "0 0% 80%", native: "0 0% 88%", "": "0 0% 94%" };
const otherLibraries = "70 40% 84%";

/**
 * Draws a tree of functions as an SVG: each function is as wide as the part of the time in which it ran, and stands below
 * its caller. A browser that opens the file itself shows the name and the part of the function under the pointer.
 *
 * @param title what ran while the profile was taken
 */
export function flameGraph(tree: Flame, title: string): string {
  const parts = ownParts(tree);
  const colours = coloursOf(parts);
  const boxes: string[] = [];
  let rows = 0;
  const draw = (flame: Flame, x: number, depth: number) => {
    rows = Math.max(rows, depth + 1);
    boxes.push(box(flame, { x, depth, whole: tree.samples, colour: `hsl(${colours.get(flame.package)})` }));
    let left = x;
    for (const callee of [...flame.callees.values()].toSorted((a, b) => b.samples - a.samples)) {
      if (callee.samples < tree.samples * leastPart || depth === deepest) continue;
      draw(callee, left, depth + 1);
      left += (callee.samples / tree.samples) * width;
    }
  };
  draw(tree, 0, 0);
  const height = headHeight + rows * rowHeight + 4;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>text{font:11px ui-monospace,monospace;fill:#1b1b1b}rect{stroke:#fff;stroke-width:.5}.ground{fill:#fff}</style>
<rect class="ground" width="${width}" height="${height}"/>
<text x="4" y="16" font-weight="700">${escaped(title)}: ${tree.samples} samples</text>
${legend(parts, colours)}
${boxes.join("\n")}
</svg>
`;
}

function box(
  { name, package: owner, samples }: Flame,
  at: { x: number; depth: number; whole: number; colour: string },
): string {
  const part = samples / (at.whole || 1);
  const boxWidth = part * width;
  const y = headHeight + at.depth * rowHeight;
  const label = name.slice(0, Math.floor((boxWidth - 4) / characterWidth));
  const text =
    label.length < 3 ? "" : `<text x="${(at.x + 2).toFixed(1)}" y="${y + 12}">${escaped(label)}</text>`;
  const where = owner && ` (${owner})`;
  return `<g><title>${escaped(`${name}${where}: ${(100 * part).toFixed(1)} %`)}</title><rect x="${at.x.toFixed(1)}" y="${y}" width="${boxWidth.toFixed(1)}" height="${rowHeight}" fill="${at.colour}"/>${text}</g>`;
}

/** Returns the packages, and the part of the samples that each took itself, most first. */
function ownParts(tree: Flame): [owner: string, part: number][] {
  const own = new Map<string, number>();
  const count = ({ package: owner, samples, callees }: Flame) => {
    const below = [...callees.values()].reduce((sum, callee) => sum + callee.samples, 0);
    own.set(owner, (own.get(owner) ?? 0) + (samples - below) / (tree.samples || 1));
    for (const callee of callees.values()) count(callee);
  };
  count(tree);
  return [...own].toSorted((a, b) => b[1] - a[1]);
}

function coloursOf(parts: readonly [owner: string, part: number][]): ReadonlyMap<string, string> {
  const libraries = parts.filter(([owner]) => !(owner in ownColours)).map(([owner]) => owner);
  const named = libraries.map((owner, rank): [string, string] => [owner, palette[rank] ?? otherLibraries]);
  return new Map([...Object.entries(ownColours), ...named]);
}

/** Names the packages that took the most time themselves, each in its colour. */
function legend(
  parts: readonly [owner: string, part: number][],
  colours: ReadonlyMap<string, string>,
): string {
  let x = 4;
  const entries: string[] = [];
  for (const [owner, part] of parts.filter(([owner]) => owner !== "")) {
    const text = `${owner} ${(100 * part).toFixed(0)} %`;
    const end = x + 30 + Math.ceil(text.length * characterWidth);
    if (end > width || part < 0.01) break;
    entries.push(
      `<rect x="${x}" y="25" width="10" height="10" fill="hsl(${colours.get(owner)})"/><text x="${x + 14}" y="34">${escaped(text)}</text>`,
    );
    x = end;
  }
  return entries.join("");
}
