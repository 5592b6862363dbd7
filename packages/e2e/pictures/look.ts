import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The folder of the pictures, and the file that says which look they show. Paths from the root. */
export const pictures = "docs/pictures";
export const lookFile = `${pictures}/look.txt`;

/** What decides how the pictures look: the script, the stylesheet, and what the pictured pages are made of. */
const sources = [
  "packages/e2e/pictures/*.ts",
  "packages/web/src/styles.css",
  "packages/web/src/routes/{__root,_authed}.tsx",
  "packages/web/src/routes/_authed/profile.tsx",
  "packages/web/src/components/{inspector,layout,profile,sync,ui}/*.tsx",
];

/**
 * Returns a digest of the files that decide how the pictures look. A new name of the project, and the lines that break
 * elsewhere because of the name, change no digest.
 */
export function lookOfPictures(): string {
  const { name }: { name: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const digest = createHash("sha256");
  for (const file of globSync(sources, { cwd: root }).sort()) {
    const text = readFileSync(join(root, file), "utf8");
    digest.update(text.replaceAll(new RegExp(name, "gi"), "").replaceAll(/[\s,()]/g, ""));
  }
  return digest.digest("hex").slice(0, 16);
}
