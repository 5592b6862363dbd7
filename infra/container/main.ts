// The program of the container image.
//
//   serve     starts the app. Under SST the links are set. Elsewhere this program makes the links from plain settings.
//   prepare   makes the roles of a database and brings the schema to the newest state
//   migrate   brings the schema and the privileges of the roles to the newest state, over DATABASE_URL
//   health    exits with 0 when the app of this container can serve, for the image's health check
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { migrate } from "@tracer/core/drizzle/migrate";
import { linksTo } from "@tracer/local/app-links";
import { neonGateway } from "@tracer/local/external";
import { startGateway } from "@tracer/local/gateway";
import { isHealthy } from "./health.ts";
import { makeRoles } from "./roles.ts";
import { readPreparation, readSettings, readStreamId, SettingsError } from "./settings.ts";

const commands: Record<string, () => Promise<void>> = { serve, prepare, migrate: migrateOnly, health };
const migrationsFolder = join(import.meta.dirname, "migrations");

const [name = "serve"] = process.argv.slice(2);
const command = commands[name];
try {
  if (!command)
    throw new SettingsError(`There is no command ${name}, only: ${Object.keys(commands).join(", ")}.`);
  await command();
} catch (error) {
  // A wrong setting is not a fault of the program, so its stack says nothing.
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
}

async function serve(): Promise<void> {
  if (!process.env.SST_RESOURCE_Database) {
    const settings = readSettings(process.env);
    const gatewayUrl = neonGateway(settings.databaseUrl) ?? (await ownGateway(settings.databaseUrl));
    Object.assign(process.env, linksTo({ ...settings, stage: "container", gatewayUrl }));
  }
  // The server of the web app starts as soon as its module is loaded.
  await import(pathToFileURL(join(import.meta.dirname, "../web/server/index.mjs")).href);
}

/** Starts a gateway by which the app's driver reaches a plain Postgres. Returns the address of the gateway. */
async function ownGateway(target: string): Promise<string> {
  const gateway = await startGateway({ target });
  // The process ends when the app's server has ended its requests.
  gateway.unref();
  return gateway.url;
}

async function prepare(): Promise<void> {
  const preparation = readPreparation(process.env);
  const ownerUrl = await makeRoles(preparation);
  await migrate(ownerUrl, { migrationsFolder, streamId: preparation.streamId });
  console.log("The database has its roles and the newest schema.");
}

async function migrateOnly(): Promise<void> {
  const { DATABASE_URL: url } = process.env;
  if (!url) throw new SettingsError("DATABASE_URL is not set.");
  await migrate(url, { migrationsFolder, streamId: readStreamId(process.env) });
  console.log("The database has the newest schema.");
}

async function health(): Promise<void> {
  if (!(await isHealthy(`http://127.0.0.1:${process.env.PORT ?? 3000}/api/health`))) process.exitCode = 1;
}
