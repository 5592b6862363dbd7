import pg from "pg";

/**
 * The roles of the programs that serve requests. A third role owns the tables: whoever applies the migrations. No program
 * that serves requests knows its password.
 *
 * - `app` reads and writes rows, and changes no table.
 * - `electric` follows the write-ahead log, and reads the synced columns.
 */
export const roles = { app: "tracer_app", electric: "tracer_electric" } as const;

/** What a role may do beside its privileges. Electric's may open a replication connection. */
const attributes = { app: "", electric: "replication" } as const;

const kinds = ["app", "electric"] as const;

/** The SQLSTATE of a refusal by Postgres for lack of a privilege. */
export const insufficientPrivilege = "42501";
/** Another session has made the role meanwhile. */
const alreadyThere = ["42710", "23505"];

/**
 * Waits until no other process changes the database's tables or roles. Postgres releases the lock when the session ends,
 * even if the process dies.
 */
export async function lockMigrations(client: pg.Client): Promise<void> {
  // The number is arbitrary.
  await client.query("select pg_advisory_lock(7310219)");
}

/**
 * Makes the roles that a cluster lacks. A new role can log in when it has a password: see {@link setPasswords}.
 *
 * @param client a connection outside of a transaction
 * @returns false when the user of the connection may not make roles, and one is missing
 */
export async function ensureRoles(client: pg.Client): Promise<boolean> {
  for (const kind of kinds) {
    const { rowCount } = await client.query("select from pg_roles where rolname = $1", [roles[kind]]);
    if (rowCount !== 0) continue;
    try {
      await client.query(`create role ${pg.escapeIdentifier(roles[kind])} ${attributes[kind]}`);
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? (error.code ?? "") : "";
      if (code === insufficientPrivilege) return false;
      if (!alreadyThere.includes(code)) throw error;
    }
  }
  return true;
}

/** The password of each role. */
export type RolePasswords = Readonly<Record<keyof typeof roles, string>>;

/**
 * Lets the roles log in with these passwords, which replace older ones.
 *
 * @param databaseUrl a direct (not pooled) URL of a user who may make roles
 * @throws the database's error, such as 42501 when the user may not make or change the roles
 */
export async function setPasswords(databaseUrl: string, passwords: RolePasswords): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await lockMigrations(client);
    await ensureRoles(client);
    for (const kind of kinds) {
      const name = pg.escapeIdentifier(roles[kind]);
      const password = client.escapeLiteral(passwords[kind]);
      await client.query(`alter role ${name} login ${attributes[kind]} password ${password}`);
    }
  } finally {
    await client.end();
  }
}

/** The URL with which a role connects to the database of another URL. */
export function urlOf(databaseUrl: string, kind: keyof typeof roles, password: string): string {
  const url = new URL(databaseUrl);
  url.username = encodeURIComponent(roles[kind]);
  url.password = encodeURIComponent(password);
  return url.href;
}
