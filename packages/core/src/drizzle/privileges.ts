import pg from "pg";
import { publish } from "./publication.ts";
import { insufficientPrivilege, roles } from "./roles.ts";

/** The columns that Electric may read, by the name of the table in the schema `public`. */
export type PublishedColumns = Readonly<Record<string, readonly string[]>>;

const app = pg.escapeIdentifier(roles.app);
const electric = pg.escapeIdentifier(roles.electric);

/** Settings of {@link applyPrivileges}. */
export interface PrivilegeOptions {
  /** The id of Electric's replication stream, after which Electric names its publication. Default: `default`. */
  readonly streamId?: string | undefined;
  /**
   * Whether Electric keeps the columns and tables that it could read before: during a deployment, code that shows them still
   * runs. A later run without this setting takes them away. Default: false.
   */
  readonly keepFormer?: boolean;
}

/**
 * Gives the roles the privileges that their work needs, and takes away what they have beyond. A later table of the same
 * owner needs nothing more for the app. A database that has all of this already stays as it is.
 *
 * The app reads and writes the rows of all tables. Electric reads the published columns, and the publication that the
 * owner made for Electric holds the published tables. Electric's role owns no table, so it cannot publish another one.
 *
 * @param client a connection of the tables' owner
 * @param published what Electric may read. Tables and columns that do not exist are left out
 * @returns false when the user of the connection may not give the privileges. Then nothing is changed
 */
export async function applyPrivileges(
  client: pg.Client,
  published: PublishedColumns,
  options: PrivilegeOptions = {},
): Promise<boolean> {
  await client.query("begin");
  try {
    await giveAndTake(client, published, options);
    await client.query("commit");
    return true;
  } catch (error) {
    await client.query("rollback");
    if (error instanceof pg.DatabaseError && error.code === insufficientPrivilege) return false;
    throw error;
  }
}

async function giveAndTake(
  client: pg.Client,
  published: PublishedColumns,
  { streamId = "default", keepFormer = false }: PrivilegeOptions,
): Promise<void> {
  await letAppWrite(client);
  const granted = await grantedColumns(client);
  const wanted = await existing(client, published);
  await letElectricRead(client, granted, keepFormer ? together(granted, wanted) : wanted);
  const before = keepFormer ? [] : [...granted.keys()];
  await publish(client, { wanted: [...wanted.keys()], before }, streamId);
}

/** Names of columns by the name of their table. */
type Columns = ReadonlyMap<string, readonly string[]>;

async function letAppWrite(client: pg.Client): Promise<void> {
  const rights = "select, insert, update, delete";
  await client.query(`
    grant usage on schema public to ${app};
    alter default privileges in schema public grant ${rights} on tables to ${app};
    alter default privileges in schema public grant usage on sequences to ${app};
    grant usage on schema drizzle to ${app};
    grant select on drizzle.__drizzle_migrations to ${app}`);
  const { rows } = await client.query<{ name: string; sequence: boolean }>(
    `select relname as name, relkind = 'S' as sequence from pg_class
     where relnamespace = 'public'::regnamespace and pg_has_role(relowner, 'usage') and case
       when relkind = 'S' then not has_sequence_privilege($1, oid, 'usage')
       when relkind in ('r', 'p') then not (has_table_privilege($1, oid, 'select') and has_table_privilege($1, oid, 'insert')
         and has_table_privilege($1, oid, 'update') and has_table_privilege($1, oid, 'delete')) end`,
    [roles.app],
  );
  for (const { name, sequence } of rows) {
    const target = `public.${pg.escapeIdentifier(name)}`;
    await client.query(`grant ${sequence ? "usage on sequence" : `${rights} on`} ${target} to ${app}`);
  }
  // By default everybody may make temporary tables.
  const { rows: own } = await client.query<{ name: string }>(
    "select datname as name from pg_database where datname = current_database() and pg_has_role(datdba, 'usage')",
  );
  for (const { name } of own)
    await client.query(`revoke temporary on database ${pg.escapeIdentifier(name)} from public`);
}

/** All columns of both. A table that may be read as a whole stays so. */
function together(granted: Columns, wanted: Columns): Columns {
  const names = new Set([...granted.keys(), ...wanted.keys()]);
  return new Map(
    [...names].map((name) => {
      const [before = [], next = []] = [granted.get(name), wanted.get(name)];
      return [name, before.includes("*") ? before : [...new Set([...before, ...next])].sort()];
    }),
  );
}

/** What Electric's role may read now. A privilege on a whole table counts as one on a column named `*`. */
async function grantedColumns(client: pg.Client): Promise<Columns> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(g.column_name order by g.column_name collate "C") as columns
     from pg_class c, lateral (
       select '*' as column_name from aclexplode(c.relacl) acl where acl.grantee = $1::regrole
       union select a.attname::text from pg_attribute a, aclexplode(a.attacl) acl
       where a.attrelid = c.oid and not a.attisdropped and acl.grantee = $1::regrole
     ) g where c.relnamespace = 'public'::regnamespace group by c.relname`,
    [electric],
  );
  return new Map(rows.map(({ name, columns }) => [name, columns]));
}

/** The tables and columns that exist. */
async function existing(client: pg.Client, published: PublishedColumns): Promise<Columns> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attname collate "C") as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname = any($1) group by c.relname`,
    [Object.keys(published)],
  );
  return new Map(
    rows.map(({ name, columns }) => [name, columns.filter((column) => published[name]?.includes(column))]),
  );
}

async function letElectricRead(client: pg.Client, granted: Columns, wanted: Columns): Promise<void> {
  await client.query(`grant usage on schema public to ${electric}`);
  for (const name of new Set([...granted.keys(), ...wanted.keys()])) {
    const columns = wanted.get(name) ?? [];
    if (granted.get(name)?.join() === columns.join()) continue;
    const target = `public.${pg.escapeIdentifier(name)}`;
    await client.query(`revoke all on ${target} from ${electric}`);
    if (columns.length > 0)
      await client.query(
        `grant select (${columns.map(pg.escapeIdentifier).join(", ")}) on ${target} to ${electric}`,
      );
  }
}
