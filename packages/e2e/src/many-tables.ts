import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseColumns } from "../../generator/src/columns.ts";
import { type Names, namesOf } from "../../generator/src/names.ts";
import { registries, withTable } from "../../generator/src/registries.ts";
import { renderTable } from "../../generator/src/table-files.ts";
import { openProjectCopy } from "../../generator/test/project-copy.ts";
import { addMigration, write } from "./project-files.ts";

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
  await write(
    copy.folder,
    "packages/web/src/routes/_authed/tables.tsx",
    page(names.map(({ plural }) => plural)),
  );
  await addMigration(
    copy.folder,
    "many_tables",
    names.map(({ table }) => table),
  );
  return { ...copy, build: () => copy.sh("npm run build") };
}

export type ManyTables = Awaited<ReturnType<typeof openManyTables>>;

async function addTable(folder: string, names: Names): Promise<void> {
  const columns = await parseColumns("name:text");
  const files = await renderTable(names, { columns, shared: false });
  for (const [path, text] of Object.entries(files)) await write(folder, path, text);
  for (const registry of registries) {
    await write(
      folder,
      registry.path,
      withTable(registry, await readFile(join(folder, registry.path), "utf8"), names),
    );
  }
}
