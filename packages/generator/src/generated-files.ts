import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Change } from "./change.ts";

/** Where this checkout remembers which text the generator gave to a file. Git ignores the folder. */
const recordPath = "node_modules/.cache/tracer/generated-files.json";

/** The SHA-256 of each text, in hexadecimal, by the file's path. */
type Fingerprints = Readonly<Record<string, string>>;

/**
 * Remembers the texts of the files that a command created, so that a later command can tell whether a person has changed
 * the files since.
 *
 * @param root the project's folder
 */
export async function rememberGenerated(root: string, changes: readonly Change[]): Promise<void> {
  const created = changes.flatMap(({ path, before, after }) =>
    before === undefined && after !== undefined ? [[path, fingerprint(after)] as const] : [],
  );
  const file = join(root, recordPath);
  await mkdir(dirname(file), { recursive: true });
  const all = { ...(await readRecord(root)), ...Object.fromEntries(created) };
  await writeFile(file, JSON.stringify(all, undefined, 2));
}

/**
 * Whether a file still has the text that the generator gave to it. False when this checkout remembers nothing of the
 * file.
 */
export async function isAsGenerated(root: string, path: string): Promise<boolean> {
  const known = (await readRecord(root))[path];
  return known !== undefined && known === fingerprint(await readFile(join(root, path), "utf8"));
}

async function readRecord(root: string): Promise<Fingerprints> {
  return readFile(join(root, recordPath), "utf8").then(
    (text) => JSON.parse(text),
    () => ({}),
  );
}

function fingerprint(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
