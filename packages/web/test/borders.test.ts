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
};

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
  const folder = await mkdtemp(join(tmpdir(), "tracer-borders-"));
  await copyFile(join(root, "biome.json"), join(folder, "biome.json"));
  for (const [file, text] of Object.entries({ ...refused, ...allowed })) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${text}\n`);
  }
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const args = ["lint", "--vcs-enabled=false", "--reporter=github", "--max-diagnostics=none"];
  const { stdout } = spawnSync(process.execPath, [biome, ...args], { cwd: folder, encoding: "utf8" });
  await rm(folder, { recursive: true });
  const found = stdout.matchAll(
    /^::error title=lint\/style\/(?:noRestrictedImports|noProcessEnv),file=[^,]*(packages[^,]+)/gm,
  );
  expect([...found].map(([, file]) => file).sort()).toEqual(Object.keys(refused).sort());
});

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

test("only routes below /api answer requests, and the only server function reads the session", () => {
  const answering = Object.keys(sources).filter((file) =>
    /\bcreateServerFn\b|\bserver: \{|\bhandlers: \{/.test(sources[file] ?? ""),
  );
  expect(answering.filter((file) => !file.startsWith("../src/routes/api/"))).toEqual([
    "../src/lib/session/session.ts",
  ]);
});
