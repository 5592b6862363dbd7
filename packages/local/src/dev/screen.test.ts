import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { Outputs } from "./outputs.ts";
import { logScreenOf, screenOf, type View } from "./screen.ts";

const size = { rows: 24, columns: 100 };
const view: View = {
  title: "App",
  url: "http://localhost:3000",
  parts: new Map([
    ["Web app", { state: "running", address: "http://localhost:3000" }],
    ["Postgres", { state: "starting" }],
  ]),
  schema: { kind: "complete" },
  busy: undefined,
  news: [],
  help: false,
};
const plain = (lines: readonly string[]) => lines.map(stripVTControlCharacters);

test("each part has a line with its state and its address", () => {
  const lines = plain(screenOf(view, size));
  expect(lines).toContain("  ● Web app       running    http://localhost:3000");
  expect(lines).toContain("  ◌ Postgres      starting   ");
  expect(lines).toContain("  ● Schema        complete");
});

test("a missing migration is shown with its SQL and its key", () => {
  const statements = ['ALTER TABLE "user" ADD COLUMN "city" text;'];
  const lines = plain(screenOf({ ...view, schema: { kind: "unmigrated", statements } }, size)).join("\n");
  expect(lines).toMatch(/no migration contains\. Press m\.\n +ALTER TABLE "user" ADD COLUMN "city" text;\n/);
});

test("a question about a rename has no key, because a person must answer it", () => {
  const reason = "Say whether a name was changed or dropped.\n  npm run db:generate -- --dropped user.city";
  const text = plain(screenOf({ ...view, schema: { kind: "unclear", reason } }, size)).join("\n");
  expect(text).toContain("--dropped user.city");
  expect(text).not.toContain("Press m");
});

test("the picture never exceeds the terminal, and the newest lines are the ones that stay", () => {
  const news = Array.from({ length: 30 }, (_, index) => `line ${index} ${"ž🎉".repeat(80)}`);
  for (const [rows, columns] of [
    [24, 80],
    [12, 40],
    [3, 10],
  ] as const) {
    for (const help of [false, true]) {
      const lines = plain(screenOf({ ...view, news, help }, { rows, columns }));
      expect(lines.length).toBeLessThan(rows);
      expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThan(columns);
    }
  }
  expect(plain(screenOf({ ...view, news }, size)).join("\n")).toMatch(/line 28 [^\n]*\n[^\n]*line 29 /);
});

test("a log shows as many of its newest lines as there is room for", () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const shown = plain(logScreenOf("Postgres", lines, { rows: 10, columns: 80 }));
  expect(shown.filter((line) => line.includes("line"))).toEqual(
    [24, 25, 26, 27, 28, 29].map((n) => `  line ${n}`),
  );
  expect(plain(logScreenOf("Postgres", [], size))).toContain("  (nothing yet)");
});

test("output that comes in pieces is kept as whole lines", () => {
  const outputs = new Outputs();
  expect(outputs.add("Web app", "one\ntw")).toEqual(["one"]);
  expect(outputs.add("Postgres", "other\n")).toEqual(["other"]);
  expect(outputs.add("Web app", "o\r\n\n \nthree")).toEqual(["two"]);
  expect(outputs.linesOf("Web app")).toEqual(["one", "two"]);
});
