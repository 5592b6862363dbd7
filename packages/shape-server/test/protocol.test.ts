import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
/** `I-4 I-5: …` at the start of a title. */
const NAMED = /["'`]((?:I-\d+ ?)+): /g;

/** The invariants that titles of this package's tests name. */
function namedByTests(): Set<string> {
  const files = globSync("{src,test}/**/*.test.ts", { cwd: ROOT });
  const texts = files.map((file) => readFileSync(join(ROOT, file), "utf8"));
  return new Set(
    texts.flatMap((text) => [...text.matchAll(NAMED)].flatMap(([, ids = ""]) => ids.split(" "))),
  );
}

const listed = readFileSync(join(ROOT, "PROTOCOL.md"), "utf8").matchAll(/^- \*\*(I-\d+)\*\*/gm);
const invariants = [...listed].map(([, id = ""]) => id);

test("the invariants are numbered without a gap", () => {
  expect(invariants).toEqual(invariants.map((_, i) => `I-${i + 1}`));
});

test("every invariant of PROTOCOL.md is named by a test, and every one that a test names is there", () => {
  expect([...namedByTests()].sort()).toEqual([...invariants].sort());
});
