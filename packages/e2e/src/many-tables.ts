import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { quietPort } from "@tracer/local/ports";
import pg from "pg";
import { parseColumns } from "../../generator/src/columns.ts";
import { type Names, namesOf } from "../../generator/src/names.ts";
import { registries, withTable } from "../../generator/src/registries.ts";
import { renderTable } from "../../generator/src/table-files.ts";
import { generateMigration } from "../../generator/src/tools.ts";
import { openProjectCopy } from "../../generator/test/project-copy.ts";
import { startFront } from "./front.ts";

/** The tables that can be had, in this order. Each has a `name`. */
export const manyTables = [
  ...["alphas", "bravos", "charlies", "deltas", "echoes", "foxtrots"],
  ...["golfs", "hotels", "indias", "juliets", "kilos", "limas"],
] as const;

/** The page of all tables, or of the first ones: `/tables?first=3`. */
const page = (tables: readonly string[]) => `
import { useLiveQuery } from "@tanstack/react-db";
import { ClientOnly, createFileRoute } from "@tanstack/react-router";
import { collectionsFor } from "~/lib/collections";

export const Route = createFileRoute("/_authed/tables")({ component: TablesPage });

function TablesPage() {
  const { user } = Route.useRouteContext();
  return <ClientOnly><Tables userId={user.id} /></ClientOnly>;
}

function Tables({ userId }) {
  const collections = collectionsFor(userId);
  window.collections = collections;
  const first = new URLSearchParams(location.search).get("first") ?? undefined;
  return ${JSON.stringify(tables)}.slice(0, first).map((name) =>
    <Table key={name} name={name} rows={collections[name]} />);
}

function Table({ name, rows }) {
  const { data } = useLiveQuery((query) => query.from({ rows }));
  return <ul aria-label={name}>{data.map((row) => <li key={row.id}>{row.name}</li>)}</ul>;
}
`;

/**
 * Makes a copy of the project with the first tables of {@link manyTables} and a page at `/tables` that shows their rows.
 * The files are those that `npm run new:table` would write, in one migration.
 *
 * @param size how many tables
 */
export async function openManyTables(size: number) {
  const copy = await openProjectCopy();
  const names = await Promise.all(manyTables.slice(0, size).map((table) => namesOf(table)));
  for (const one of names) await addTable(copy.folder, one);
  await writeIn(
    copy.folder,
    "packages/web/src/routes/_authed/tables.tsx",
    page(names.map(({ plural }) => plural)),
  );
  await addMigration(
    copy.folder,
    names.map(({ table }) => table),
  );
  return { ...copy, build: () => copy.sh("npm run build") };
}

export type ManyTables = Awaited<ReturnType<typeof openManyTables>>;

async function addTable(folder: string, names: Names): Promise<void> {
  const columns = await parseColumns("name:text");
  const files = await renderTable(names, { columns, shared: false });
  for (const [path, text] of Object.entries(files)) await writeIn(folder, path, text);
  for (const registry of registries) {
    await writeIn(
      folder,
      registry.path,
      withTable(registry, await readFile(join(folder, registry.path), "utf8"), names),
    );
  }
}

/** Writes the migration of new tables, whose names in Postgres are given. */
export async function addMigration(folder: string, tables: readonly string[]): Promise<void> {
  await generateMigration(folder, "many_tables");
  const migrations = join(folder, "packages/core/migrations");
  const name = (await readdir(migrations)).find((file) => file.endsWith("_many_tables.sql"));
  if (!name) throw new Error("drizzle-kit wrote no migration.");
  const identities = tables.map((table) => `ALTER TABLE "${table}" REPLICA IDENTITY FULL;`);
  const text = await readFile(join(migrations, name), "utf8");
  await writeFile(join(migrations, name), [text.trimEnd(), ...identities].join("--> statement-breakpoint\n"));
}

/** Writes a file below a folder, with the folders in between. */
export async function writeIn(folder: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

/**
 * Starts a project's stack, its web app, and a counting proxy at which browsers find the web app.
 *
 * @param mode "dev" runs Vite's server on the sources, "built" runs the production build
 */
export async function startFronted({ folder }: { folder: string }, mode: "dev" | "built") {
  await using opened = new AsyncDisposableStack();
  const local = join(folder, "packages/local/src");
  const { startStack }: typeof import("@tracer/local/stack") = await import(join(local, "stack.ts"));
  const { startWeb }: typeof import("@tracer/local/web") = await import(join(local, "web.ts"));
  const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-tables-"));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const stack = opened.use(await startStack({ dataDir, fsync: false }));
  const port = await quietPort();
  const front = opened.use(await startFront(await quietPort(), port));
  const url = `http://localhost:${front.port}`;
  const links = stack.links(url);
  const web = await startWeb({ mode, port, https: false, env: links });
  opened.defer(() => web.stop());
  const sql = new pg.Client({ connectionString: stack.databaseUrl });
  await sql.connect();
  opened.defer(() => sql.end());
  const closing = opened.move();
  return { url, links, front, sql, web, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

export type Fronted = Awaited<ReturnType<typeof startFronted>>;
