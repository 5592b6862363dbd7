import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";

const output = fileURLToPath(new URL("../../web/.output", import.meta.url));

/** Strings that survive minification, and that occur only in the code that they stand for. */
const traces = {
  "Drizzle's tables": /drizzle:entityKind/,
  "Drizzle's columns": /["'`]PgTable["'`]/,
  "the whole of Zod, where zod/mini will do": /["'`]ZodString["'`]/,
  "the shape's definition": /queryable_columns/,
  "the transaction's id": /pg_current_xact_id/,
  "the links": /SST_RESOURCE_/,
};

const textOf = (pattern: string) =>
  globSync(pattern, { cwd: output })
    .map((file) => readFileSync(`${output}/${file}`, "utf8"))
    .join("\n");

for (const [what, trace] of Object.entries(traces)) {
  test(`the browser's code holds nothing of ${what}`, () => {
    // The server's code must hold the trace. Otherwise its absence from the browser's code would prove nothing.
    expect(trace.test(textOf("server/**/*.mjs")), `${trace} in the server's code`).toBe(true);
    const code = textOf("public/**/*.js");
    expect(code).toContain("ZodMiniString");
    expect(trace.exec(code)?.[0]).toBeUndefined();
  });
}
