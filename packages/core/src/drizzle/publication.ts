import pg from "pg";

/**
 * Makes the publication that Electric reads, and brings the tables of all publications for Electric up to date: the tables
 * in `wanted` are added, and those that are in `before` alone are taken out.
 *
 * @param client a connection of the tables' owner, in a transaction
 * @param streamId the id of Electric's replication stream
 */
export async function publish(
  client: pg.Client,
  { wanted, before }: { readonly wanted: readonly string[]; readonly before: readonly string[] },
  streamId: string,
): Promise<void> {
  for (const name of await ownPublications(client, `electric_publication_${streamId}`)) {
    const publication = pg.escapeIdentifier(name);
    const { rows } = await client.query<{ name: string }>(
      `select c.relname as name from pg_publication_rel r
       join pg_publication p on p.oid = r.prpubid join pg_class c on c.oid = r.prrelid
       where p.pubname = $1 and c.relnamespace = 'public'::regnamespace`,
      [name],
    );
    const held = new Set(rows.map((row) => row.name));
    for (const table of wanted) {
      const target = `public.${pg.escapeIdentifier(table)}`;
      await keepOldRows(client, table, target);
      if (held.has(table)) continue;
      // A transaction that wrote before, and commits later, would be missing from both the stream and a snapshot. The lock
      // waits for such transactions.
      await client.query(`lock table ${target} in share row exclusive mode`);
      await client.query(`alter publication ${publication} add table only ${target}`);
    }
    for (const table of before)
      if (held.has(table) && !wanted.includes(table))
        await client.query(
          `alter publication ${publication} drop table public.${pg.escapeIdentifier(table)}`,
        );
  }
}

/** Electric compares a row before and after a change, and sends the whole row when the row leaves a shape. */
async function keepOldRows(client: pg.Client, table: string, target: string): Promise<void> {
  const { rowCount } = await client.query(
    "select from pg_class where relname = $1 and relnamespace = 'public'::regnamespace and relreplident <> 'f'",
    [table],
  );
  if (rowCount !== 0) await client.query(`alter table ${target} replica identity full`);
}

/**
 * Makes a publication unless it exists. A publication that Electric made for itself belongs to Electric's role, and is left
 * alone.
 *
 * @returns the publications for Electric that the owner of the tables made
 */
async function ownPublications(client: pg.Client, name: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; own: boolean }>(
    `select pubname as name, pg_get_userbyid(pubowner) = current_user as own from pg_publication
     where starts_with(pubname, 'electric_publication_')`,
  );
  const own = rows.flatMap((row) => (row.own ? [row.name] : []));
  if (rows.some((row) => row.name === name)) return own;
  const settings = (await publishesGeneratedColumns(client))
    ? "with (publish_generated_columns = stored)"
    : "";
  await client.query(`create publication ${pg.escapeIdentifier(name)} ${settings}`);
  return [...own, name];
}

/**
 * From Postgres 18 on a publication can hold generated columns. A table that has them refuses updates otherwise, because
 * the identity of its rows is the whole row.
 */
async function publishesGeneratedColumns(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  );
  return (rows[0]?.version ?? 0) >= 180_000;
}
