import pg from "pg";
import type { Preparation } from "./settings.ts";

/** The names of the roles. Each has the least rights that its work needs. */
export const roles = {
  owner: "tracer_owner",
  app: "tracer_app",
  electric: "tracer_electric",
} as const;

/**
 * Makes the roles of a database, or brings roles that exist to the same state with the passwords that are given:
 *
 * - `tracer_owner` owns the schema and migrates. No process that serves requests knows its password.
 * - `tracer_app` reads and writes rows, also of tables that a later migration makes, and changes no table.
 * - `tracer_electric` follows the write-ahead log. It is a member of `tracer_owner`, because only the owner of a table
 *   may publish the table and give it `REPLICA IDENTITY FULL`.
 *
 * @returns the direct URL of `tracer_owner`, for the migrations
 * @throws the database's error, such as 42501 when the role of `adminUrl` may not create roles
 */
export async function makeRoles({ adminUrl, passwords }: Preparation): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query("begin");
    // Two containers that start together must not make the same role. The number is arbitrary.
    await client.query("select pg_advisory_xact_lock(7310220)");
    await ensureRole(client, roles.owner, "login", passwords.owner);
    await ensureRole(client, roles.app, "login", passwords.app);
    await ensureRole(client, roles.electric, "login replication", passwords.electric);
    await client.query(rights(await databaseOf(client)));
    await client.query("commit");
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.username = roles.owner;
  url.password = passwords.owner;
  return url.href;
}

async function ensureRole(
  client: pg.Client,
  name: string,
  attributes: string,
  password: string,
): Promise<void> {
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [name]);
  const verb = rowCount === 0 ? "create" : "alter";
  await client.query(`${verb} role ${name} ${attributes} password ${client.escapeLiteral(password)}`);
}

async function databaseOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>("select quote_ident(current_database()) as name");
  return rows[0]?.name ?? "";
}

function rights(database: string): string {
  const { owner, app, electric } = roles;
  return `
    revoke all on database ${database} from public;
    grant connect, create, temporary on database ${database} to ${owner};
    grant connect on database ${database} to ${app};
    grant connect, create on database ${database} to ${electric};
    grant ${owner} to ${electric};
    -- A role gives rights only for tables of roles of which the role is a member.
    grant ${owner} to current_user;
    alter schema public owner to ${owner};
    revoke create on schema public from public;
    grant usage on schema public to ${app};
    grant select, insert, update, delete on all tables in schema public to ${app};
    grant usage on all sequences in schema public to ${app};
    alter default privileges for role ${owner} in schema public
      grant select, insert, update, delete on tables to ${app};
    alter default privileges for role ${owner} in schema public grant usage on sequences to ${app};`;
}
