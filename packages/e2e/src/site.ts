import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quietPort } from "@tracer/local/ports";
import pg from "pg";
import { startFront } from "./front.ts";

/**
 * Starts the stack and the web app of a project.
 *
 * @param mode "dev" runs Vite's server on the sources, "built" runs the production build
 * @param url the address at which browsers find the app. What listens there has to pass requests on to `port`
 */
export async function startSite({ folder }: { folder: string }, mode: "dev" | "built", url: string) {
  await using opened = new AsyncDisposableStack();
  const local = join(folder, "packages/local/src");
  const { startStack }: typeof import("@tracer/local/stack") = await import(join(local, "stack.ts"));
  const { startWeb }: typeof import("@tracer/local/web") = await import(join(local, "web.ts"));
  const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-tables-"));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const stack = opened.use(await startStack({ dataDir, fsync: false }));
  const port = await quietPort();
  const links = stack.links(url);
  const web = await startWeb({ mode, port, https: false, env: links });
  opened.defer(() => web.stop());
  const sql = new pg.Client({ connectionString: stack.databaseUrl });
  await sql.connect();
  opened.defer(() => sql.end());
  const closing = opened.move();
  return { url, port, dataDir, links, sql, web, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

/** Starts a site behind a counting proxy, at which browsers find the web app. */
export async function startFronted(project: { folder: string }, mode: "dev" | "built") {
  await using opened = new AsyncDisposableStack();
  const port = await quietPort();
  const site = opened.use(await startSite(project, mode, `http://localhost:${port}`));
  const front = opened.use(await startFront(port, site.port));
  const closing = opened.move();
  return { ...site, front, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

export type Fronted = Awaited<ReturnType<typeof startFronted>>;
