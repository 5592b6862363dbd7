import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { migrate } from "@tracer/core/drizzle/migrate";
import { urlOf } from "@tracer/core/drizzle/roles";
import pg from "pg";
import { inject } from "vitest";
import type { MailSettings } from "~/lib/server/mail/mail-link";

/**
 * Opens the app's server modules on a new, migrated database, with links as SST sets them and the rights of the app. A
 * test file calls this function once, before the file imports the modules, because the modules read their links when they
 * load.
 *
 * @param electric the address of the sync service, or a function that starts one for the database
 * @param prepare creates tables beside the app's own
 * @param mail the link `Mail`. By default the app sends no mail
 * @param origin the address of the site
 * @param links further links by their names
 */
export async function openApp(
  electric: string | ((databaseUrl: string) => Promise<string>),
  prepare = async (_sql: pg.Client) => {},
  {
    mail,
    origin = "http://app.test",
    links = {},
  }: { mail?: MailSettings; origin?: string; links?: Readonly<Record<string, object>> } = {},
) {
  const databaseUrl = await createDatabase();
  await migrate(databaseUrl);
  const sql = new pg.Client({ connectionString: databaseUrl });
  await sql.connect();
  await prepare(sql);
  const electricUrl = typeof electric === "string" ? electric : await electric(databaseUrl);
  link("App", { name: "tracer", stage: "test" });
  link("Database", { url: urlOf(databaseUrl, "app", "app"), gateway: inject("gatewayUrl") });
  link("SyncEngine", { url: electricUrl, sourceId: "source-1", sourceSecret: "s3cret-of-the-source" });
  link("AuthSecret", { value: createHash("sha256").update(databaseUrl).digest("hex") });
  link("Site", { url: origin });
  const pictures = await mkdtemp(join(tmpdir(), "tracer-pictures-"));
  link("Pictures", { url: pathToFileURL(pictures).href });
  if (mail) link("Mail", mail);
  for (const [name, value] of Object.entries(links)) link(name, value);

  const { auth } = await import("~/lib/server/auth/auth");
  return {
    origin,
    databaseUrl,
    sql,
    auth,
    /** The folder of the pictures, with a folder for each person. */
    pictures,
    /** Signs a new person up. Gives the person's id and the headers that the person's browser sends. */
    async signUp(name = "Ada") {
      const email = `${randomUUID()}@example.com`;
      // Each person signs up from another address, so that the limit on sign-ups stops nobody.
      const address = `10.${[0, 0, 0].map(() => Math.floor(Math.random() * 256)).join(".")}`;
      const answer = await auth.handler(
        new Request(`${origin}/api/auth/sign-up/email`, {
          method: "POST",
          headers: { "content-type": "application/json", origin, "x-tracer-client-ip": address },
          body: JSON.stringify({ name, email, password: "correct horse" }),
        }),
      );
      const { user } = await answer.json();
      const cookie = answer.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
      return { id: String(user.id), email, headers: { cookie: cookie.join("; "), origin } };
    },
    async [Symbol.asyncDispose]() {
      await sql.end();
      await rm(pictures, { recursive: true, force: true });
    },
  };
}

export type App = Awaited<ReturnType<typeof openApp>>;
export type Person = Awaited<ReturnType<App["signUp"]>>;

async function createDatabase(): Promise<string> {
  const url = new URL(inject("postgresUrl"));
  const name = `web_${randomUUID().replaceAll("-", "")}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}

function link(name: string, value: object): void {
  process.env[`SST_RESOURCE_${name}`] = JSON.stringify(value);
}
