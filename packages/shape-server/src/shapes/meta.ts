import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StoredDefinition } from "../definition/definition.ts";
import type { Snapshot } from "../postgres/visibility.ts";

/** The description of a shape in the shape's directory. The file exists once the snapshot is complete. */
export interface ShapeMeta {
  readonly version: 1;
  readonly handle: string;
  readonly definition: StoredDefinition;
  readonly snapshot: Snapshot;
  /** The number of the snapshot's pages. */
  readonly pages: number;
}

/** The file of a shape's log in the shape's directory. */
export const logPath = (directory: string) => join(directory, "log");
const metaPath = (directory: string) => join(directory, "meta.json");

/** Writes the description of a shape. A reader, also after a crash, finds the whole description or none. */
export function writeMeta(directory: string, meta: ShapeMeta): void {
  const temporary = `${metaPath(directory)}.new`;
  writeFileSync(temporary, JSON.stringify(meta));
  renameSync(temporary, metaPath(directory));
}

/** The description of a shape; null when the directory has none, or none that can be read. */
export function readMeta(directory: string): ShapeMeta | null {
  try {
    const meta: unknown = JSON.parse(readFileSync(metaPath(directory), "utf8"));
    return isMeta(meta) ? meta : null;
  } catch {
    return null;
  }
}

function isMeta(value: unknown): value is ShapeMeta {
  return typeof value === "object" && value !== null && "version" in value && value.version === 1;
}
