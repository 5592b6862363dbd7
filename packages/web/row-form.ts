import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";

/** What decides how a synced row looks in the browser: the tables, the shapes' policies, and the parsers of values. */
const sources = [
  "../core/src/**/*.sql.ts",
  "src/routes/api/*.ts",
  "src/lib/sync/{column-parsers,nullable-elements}.ts",
  "src/lib/wire/{json-text,timestamp-text}.ts",
];

/**
 * Returns a text that changes with the form of the rows. A change that leaves the form as it was, such as a comment,
 * changes the text too: then the next visit loads each shape as a whole, once.
 */
export function rowForm(): string {
  const hash = createHash("sha256");
  for (const path of globSync(sources, { cwd: import.meta.dirname }).sort())
    hash
      .update(path)
      .update("\0")
      .update(readFileSync(`${import.meta.dirname}/${path}`))
      .update("\0");
  return hash.digest("base64url").slice(0, 16);
}
