import { publishedColumnsPath, writePublishedColumns } from "./published-columns.ts";
import { rowDefaultsPath, writeRowDefaults } from "./row-defaults.ts";

/** The files that follow from the schema files, from the project's root. */
export const derivedPaths: readonly string[] = [rowDefaultsPath, publishedColumnsPath];

/**
 * Writes the files that follow from the schema files: the defaults of new rows, and the columns that Electric reads.
 *
 * @param root the folder of the project or of a copy
 */
export async function writeDerivedFiles(root: string): Promise<void> {
  await writeRowDefaults(root);
  await writePublishedColumns(root);
}
