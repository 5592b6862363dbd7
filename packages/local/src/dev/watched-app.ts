import { join } from "node:path";
import type { App } from "../app.ts";
import { directUrl } from "../external.ts";
import type { Report } from "../report.ts";
import type { DevScreen } from "./dev-screen.ts";
import { openBrowser, runPsql } from "./open-program.ts";
import { type SchemaState, schemaMessage } from "./schema-state.ts";
import { type SchemaWatch, watchSchema } from "./schema-watch.ts";

/**
 * Watches the schema of an app in development, and opens the screen in a terminal.
 *
 * @param options.report shows plain lines where there is no screen
 * @param options.dataDir the folder of the app's data, with Postgres' log
 * @returns the app, whose `close` ends the watch and the screen too
 */
export function watchedApp(
  app: App,
  { report, dataDir, screen }: { report: Report; dataDir: string; screen: DevScreen | undefined },
): Pick<App, "failed" | "close"> {
  const databaseUrl = directUrl(app.stack.databaseUrl);
  const plain = plainStates(report);
  const schema = watchSchema(databaseUrl, (state) => (screen ? screen.schema(state) : plain(state)));
  screen?.open({
    title: "Tracer",
    url: app.url,
    logFiles: { Postgres: join(dataDir, "postgres", "postgres.log") },
    actions: {
      o: { name: "Opening the browser", run: () => browse(app.url) },
      p: { name: "In the database console", run: () => consoleOn(databaseUrl, screen) },
      m: { name: "Migrating", run: () => schema.migrate() },
      r: { name: "Restarting", run: () => restart(app) },
    },
  });
  return { failed: app.failed, close: () => closeAll(app, schema, screen) };
}

async function closeAll(app: App, schema: SchemaWatch, screen: DevScreen | undefined): Promise<void> {
  schema.close();
  try {
    await app.close();
  } finally {
    screen?.close();
  }
}

/** Says each state that needs a hand, and that the last such state is over. */
function plainStates(report: Report): (state: SchemaState) => void {
  const nextSteps = { unmigrated: "Run: npm run db:generate", unapplied: "Start again: npm run dev" };
  let complete = true;
  return (state) => {
    if (state.kind !== "complete" || !complete) report.note(schemaMessage(state));
    if (state.kind === "unmigrated" || state.kind === "unapplied") report.note(`→ ${nextSteps[state.kind]}`);
    complete = state.kind === "complete";
  };
}

async function browse(url: string): Promise<void> {
  if (!(await openBrowser(url))) throw new Error(`No program here opens a browser. The address is ${url}`);
}

async function consoleOn(databaseUrl: string, screen: DevScreen | undefined): Promise<void> {
  const there = await screen?.lend(() => runPsql(databaseUrl));
  if (!there) throw new Error(`psql is not installed. The database's address is ${databaseUrl}`);
}

/** Services that run elsewhere stay as they are. */
async function restart(app: App): Promise<void> {
  await app.stopWeb();
  if (app.stack.own) {
    await app.stopElectric();
    await app.stopPostgres();
    await app.startPostgres();
    await app.startElectric();
  }
  await app.startWeb();
}
