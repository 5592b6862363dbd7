import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StoredDefinition } from "../definition/definition.ts";
import type { Snapshot } from "../postgres/visibility.ts";

/** What a shape's directory says of it, once its snapshot is complete. */
export type ShapeMeta = {
  version: 1;
  handle: string;
  definition: StoredDefinition;
  snapshot: Snapshot;
  pages: number;
};

export const logPath = (directory: string) => join(directory, "log");
const metaPath = (directory: string) => join(directory, "meta.json");

export function writeMeta(directory: string, meta: ShapeMeta): void {
  const temporary = `${metaPath(directory)}.new`;
  writeFileSync(temporary, JSON.stringify(meta));
  renameSync(temporary, metaPath(directory));
}

/** The description of a complete shape, or null when there is none that can be read. */
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
