import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const sources = import.meta.glob<string>(["../src/**/*.{ts,tsx}", "!../src/**/*.test.{ts,tsx}"], {
  query: "?raw",
  import: "default",
  eager: true,
});

const refused = {
  "packages/core/src/a/stack.ts": 'import "@tracer/local/stack";',
  "packages/core/src/a/by-path.ts": 'export { startStack } from "../../../local/src/stack.ts";',
  "packages/core/src/a/stage.ts": "export const stage = process.env.STAGE;",
  "packages/web/src/lib/shapes.ts": 'import "@tracer/shape-server";',
  "packages/web/src/lib/stage.ts": "export const stage = process.env.STAGE;",
  "packages/web/src/lib/trpc/ports.ts": 'import "@tracer/local/ports";',
  "packages/web/test/shapes.test.ts": 'import "@tracer/shape-server";',
  "packages/web/src/components/a.tsx": 'export { eq } from "drizzle-orm";',
  "packages/web/src/routes/a.tsx": 'export { pgTable } from "drizzle-orm/pg-core";',
  "packages/web/src/lib/schemas.ts": 'export { createSelectSchema } from "drizzle-zod";',
  "packages/web/src/lib/collections.ts": 'export { db } from "@tracer/core/drizzle/database";',
  "packages/web/src/components/b.tsx": 'export { z } from "zod";',
  "packages/web/src/components/d.tsx": 'export { z } from "zod/v4";',
  "packages/web/src/components/e.tsx": 'export { Pool } from "@neondatabase/serverless";',
  "packages/web/src/components/f.tsx": 'export const load = () => import("drizzle-orm");',
  "packages/web/src/components/c.tsx": 'export { Resource } from "sst";',
  "packages/web/src/components/g.tsx": 'export { callerOf } from "~/lib/server/auth/caller";',
  "packages/web/src/lib/sync/limits.ts": 'export { longestBody } from "~/lib/server/limits";',
  "packages/web/src/lib/session/rows.ts": 'export { eq } from "drizzle-orm";',
  "packages/web/src/lib/trpc/database.ts": 'export { db } from "@tracer/core/drizzle/database";',
};

/** Handlers of a router that write a table past its rule, each as the body of `({ ctx, db, tx }) => …`. */
const bareWrites = [
  "ctx.tx.insert(note).values({})",
  "ctx.tx\n  .update(note)\n  .set({})",
  "tx.delete(note)",
  "db.execute(sql`truncate note`)",
  "db.transaction((other) => other.insert(note))",
  'ctx.tx["insert"](note)',
  "(ctx.tx as Transaction).insert(note)",
  "writing(ctx.tx).update(note)",
  "rename(({ tx: other }) => other.insert(note))",
];

const writesByRule = [
  "ctx.rows(note, noteAccess).insert({})",
  "notes.update(id, {})",
  "mutations.delete()",
  "ctx.tx.select().from(note)",
];

const allowed = {
  "packages/web/src/lib/trpc/a.ts": 'export { eq } from "drizzle-orm";',
  "packages/web/src/lib/server/b.ts": 'export { eq } from "drizzle-orm";',
  "packages/web/src/lib/trpc.ts": 'export { longestBody } from "~/lib/server/limits";',
  "packages/web/src/lib/electric-proxy.ts": 'export { Resource } from "sst";',
  "packages/web/src/routes/api/a.ts": 'export { z } from "zod";',
  "packages/web/src/lib/forms.ts": 'export { string } from "zod/mini";',
  "packages/local/src/a.ts": 'import "@tracer/shape-server";\nexport const stage = process.env.STAGE;',
};

test("the linter keeps the borders between the packages, and between browser and server", async () => {
  const found = await lintErrors({ ...refused, ...allowed });
  const borders = found.filter(({ rule }) =>
    /^lint\/style\/(?:noRestrictedImports|noProcessEnv)$/.test(rule),
  );
  expect(borders.map(({ file }) => file).sort()).toEqual(Object.keys(refused).sort());
});

test("the linter refuses a router that writes a table past its rule", async () => {
  const routers = (bodies: string[], name: string) =>
    Object.fromEntries(
      bodies.map((body, index) => [
        `packages/web/src/lib/trpc/${name}-${index}.ts`,
        `export const handle = ({ ctx, db, tx }: Call) => ${body};`,
      ]),
    );
  const writing = routers(bareWrites, "bare");
  const found = await lintErrors({ ...writing, ...routers(writesByRule, "by-rule") });
  const bare = found.filter(({ text }) =>
    text.includes("A router writes through ctx.rows(table, access) alone"),
  );
  expect([...new Set(bare.map(({ file }) => file))].sort()).toEqual(Object.keys(writing).sort());
});

/** Lints files in a folder of their own, by the project's rules. */
async function lintErrors(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), "tracer-borders-"));
  for (const path of ["biome.json", "packages/web/lint/bare-writes.grit"]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(root, path), join(folder, path));
  }
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${text}\n`);
  }
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const args = ["lint", "--vcs-enabled=false", "--reporter=github", "--max-diagnostics=none"];
  const { stdout } = spawnSync(process.execPath, [biome, ...args], { cwd: folder, encoding: "utf8" });
  await rm(folder, { recursive: true });
  const errors = stdout.matchAll(/^::error title=([^,]*),file=[^,]*?(packages[^,]+),[^:]*::(.*)$/gm);
  return [...errors].map(([, rule = "", file = "", text = ""]) => ({ rule, file, text }));
}

test("only the shape proxy talks to Electric", () => {
  const talking = Object.keys(sources).filter((file) => /SyncEngine|\/v1\/shape/.test(sources[file] ?? ""));
  expect(talking).toEqual(["../src/lib/electric-proxy.ts"]);
});

test("only server modules import values from a table's file, and the browser imports types alone", () => {
  const taking = Object.keys(sources).filter((file) =>
    /(?:import|export) (?!type)[^;]*\.sql"/.test(sources[file] ?? ""),
  );
  const server = /^\.\.\/src\/(routes\/api|lib\/trpc|lib\/server)\//;
  const marked = (file: string) => sources[file]?.includes('import "@tanstack/react-start/server-only"');
  expect(taking).toContain("../src/routes/api/users.ts");
  expect(taking.filter((file) => !server.test(file) && !marked(file))).toEqual([]);
});

test("only routes below /api answer requests, apart from the functions that read the session and the mail setting", () => {
  const answering = Object.keys(sources).filter((file) =>
    /\bcreateServerFn\b|\bserver: \{|\bhandlers: \{/.test(sources[file] ?? ""),
  );
  expect(answering.filter((file) => !file.startsWith("../src/routes/api/"))).toEqual([
    "../src/lib/session/session.ts",
    "../src/lib/session/sign-in-setting.ts",
  ]);
});
