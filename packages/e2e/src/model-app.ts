import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openProjectCopy, root } from "../../generator/test/project-copy.ts";
import { addMigration, write } from "./project-files.ts";

/** The modules of the example tables. */
const schemas = ["note", "project", "reading"];

/** The shapes that the model reads, by the names of their collections. */
const shapes = ["projects", "projectMembers", "notes"];

/** The tables of all modules, by their names in Postgres. */
const tables = ["note", "project", "project_member", "reading"];

const route = (shape: string) => `
import { createFileRoute } from "@tanstack/react-router";
import { exampleShapes } from "../../../test/example/server";

export const Route = createFileRoute("/api/${shape}")({
  server: { handlers: { GET: exampleShapes["/api/${shape}"] } },
});
`;

const router = `
import { router } from "~/lib/trpc";
import { usersRouter } from "~/lib/trpc/users";
import { exampleRouters } from "../../../test/example/server";

export const appRouter = router({ users: usersRouter, ...exampleRouters });
`;

const collections = `
import { perUser } from "~/lib/sync/per-user";
import { trpc } from "~/lib/trpc-client";

export const { collectionsFor, endCollections } = perUser(({ synced }) => ({
  users: synced("users", trpc.users, { startSync: true }),
  ${shapes.map((shape) => `${shape}: synced("${shape}", trpc.${shape}),`).join("\n  ")}
}));
`;

/** The page in which the model acts. The test gives the page `reportMade` and `reportTold`. */
const page = `
import { ClientOnly, createFileRoute } from "@tanstack/react-router";
import { collectionsFor } from "~/lib/collections";
import { Page } from "../../../test/model/page";

export const Route = createFileRoute("/_authed/model")({ component: ModelPage });

function ModelPage() {
  const { user } = Route.useRouteContext();
  return <ClientOnly><Model userId={user.id} /></ClientOnly>;
}

function Model({ userId }) {
  window.model ??= open(userId);
  return <p>The model acts in this page.</p>;
}

function open(userId) {
  const asked = new URLSearchParams(location.search);
  const life = \`\${asked.get("tab")}, life \${crypto.randomUUID()}\`;
  const person = { id: userId, friend: asked.get("friend") };
  const { reportMade, reportTold } = window;
  const page = new Page(life, person, collectionsFor(userId), reportMade, reportTold);
  const act = async (act) => {
    page.act(act);
    await stored();
  };
  return { act, show: () => page.show() };
}

/** Resolves when the edits that were made before are in IndexedDB: a transaction waits for the earlier ones. */
async function stored() {
  const opening = indexedDB.open("tracer-outbox");
  await new Promise((resolve) => { opening.onsuccess = resolve; });
  const reading = opening.result.transaction("edits");
  reading.objectStore("edits").count();
  await new Promise((resolve) => { reading.oncomplete = resolve; });
  opening.result.close();
}
`;

/** Makes a copy of the project with the example tables and with a page at `/model`, in which the model acts. */
export async function openModelApp() {
  const { folder, sh, ...copy } = await openProjectCopy();
  for (const name of schemas) {
    const text = await readFile(join(root, `packages/web/test/example/${name}.sql.ts`), "utf8");
    await write(folder, `packages/core/src/example/${name}.sql.ts`, text);
  }
  await addMigration(folder, "example_tables", tables);
  for (const shape of shapes) await write(folder, `packages/web/src/routes/api/${shape}.ts`, route(shape));
  await write(folder, "packages/web/src/lib/trpc/router.ts", router);
  await write(folder, "packages/web/src/lib/collections.ts", collections);
  await write(folder, "packages/web/src/routes/_authed/model.tsx", page);
  return { folder, build: () => sh("npm run build"), [Symbol.asyncDispose]: copy[Symbol.asyncDispose] };
}
