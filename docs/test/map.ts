import { textOf } from "./source-trees.ts";

/** One line of a map. */
export interface Entry {
  /** From the root; a folder ends with a slash. */
  readonly path: string;
  /** What the map says about the path; empty when the map says nothing. */
  readonly sentence: string;
}

/**
 * Reads the map of a page: the first fenced block that is marked `text`. Each line is indented below its folder and
 * holds a name, at least two spaces, and a sentence. The first line names the folder in which the map begins.
 *
 * @throws Error when the page has no map
 */
export function mapOf(page: string): Entry[] {
  const [, block] = /^```text\n(.*?)^```$/ms.exec(textOf(page)) ?? [];
  if (block === undefined) throw new Error(`${page} has no map: a fenced block that is marked "text".`);
  return entriesOf(block);
}

/** The lines of a map. Each folder's path is put together from the folders above. */
export function entriesOf(block: string): Entry[] {
  const above: { indent: number; path: string }[] = [];
  return block
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, space = "", name = "", sentence = ""] = /^( *)(\S+)(?: {2,}(.*))?$/.exec(line) ?? [];
      const indent = space.length;
      while ((above.at(-1)?.indent ?? -1) >= indent) above.pop();
      const path = (above.at(-1)?.path ?? "") + name;
      if (path.endsWith("/")) above.push({ indent, path });
      return { path, sentence };
    });
}
