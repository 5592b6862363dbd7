import { roles, setPasswords } from "@tracer/core/drizzle/roles";
import pg from "pg";
import type { Preparation } from "./settings.ts";

/** The role that owns the tables and migrates them. No process that serves requests knows its password. */
export const owner = "tracer_owner";

/**
 * Makes the roles of a database, or brings roles that exist to the same state with the passwords that are given: the owner
 * of the tables, and the roles of the app and of Electric. The migrations give these two their privileges.
 *
 * @returns the direct URL of the owner, for the migrations
 * @throws the database's error, such as 42501 when the role of `adminUrl` may not create roles
 */
export async function makeRoles({ adminUrl, passwords }: Preparation): Promise<string> {
  await setPasswords(adminUrl, passwords);
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query("begin");
    // Two containers that start together must not make the same role. The number is arbitrary.
    await client.query("select pg_advisory_xact_lock(7310220)");
    await ensureOwner(client, passwords.owner);
    await client.query(rights(await databaseOf(client)));
    await client.query("commit");
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.username = owner;
  url.password = encodeURIComponent(passwords.owner);
  return url.href;
}

async function ensureOwner(client: pg.Client, password: string): Promise<void> {
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [owner]);
  const verb = rowCount === 0 ? "create" : "alter";
  await client.query(
    `${verb} role ${pg.escapeIdentifier(owner)} login password ${client.escapeLiteral(password)}`,
  );
}

async function databaseOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>("select quote_ident(current_database()) as name");
  return rows[0]?.name ?? "";
}

function rights(database: string): string {
  const [app, electric] = [roles.app, roles.electric].map(pg.escapeIdentifier);
  const own = pg.escapeIdentifier(owner);
  return `
    revoke all on database ${database} from public;
    grant connect, create, temporary on database ${database} to ${own};
    grant connect on database ${database} to ${app}, ${electric};
    -- Only a member of a role gives things to the role.
    grant ${own} to current_user;
    alter schema public owner to ${own};
    revoke create on schema public from public;
    ${formerRights(database, own, electric)}`;
}

/** Takes back what the role of Electric had when Electric made its publication itself. */
function formerRights(database: string, own: string, electric = ""): string {
  return `
    revoke ${own} from ${electric};
    revoke create on database ${database} from ${electric};
    do $$ declare publication name; begin
      for publication in select pubname from pg_publication where starts_with(pubname, 'electric_publication_') loop
        execute format('alter publication %I owner to ${own}', publication);
      end loop;
    end $$;`;
}
