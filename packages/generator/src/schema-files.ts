import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The folder in which schema files lie, from the project's root. */
export const schemaFolder = "packages/core/src";

/** Lists the schema files of a project by their paths from {@link schemaFolder}, with slashes and in order. */
export async function schemaFiles(root: string): Promise<string[]> {
  const files = await readdir(join(root, schemaFolder), { recursive: true });
  return files
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".sql.ts"))
    .sort();
}
