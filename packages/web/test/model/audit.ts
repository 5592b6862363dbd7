import type pg from "pg";
import type { TableName } from "./edits";

/** A change of a row as Postgres made it. */
export interface AuditedChange {
  readonly seq: number;
  readonly txid: number;
  readonly table: TableName;
  readonly type: "insert" | "update" | "delete";
  readonly id: string;
}

/** What the server has recorded of a client transaction. */
export interface Recorded {
  readonly userId: string;
  readonly txid?: number;
  readonly refusal?: { readonly message: string; readonly code: string };
}

const names: Record<string, TableName> = {
  project: "projects",
  note: "notes",
  project_member: "projectMembers",
};

/** Has Postgres itself write down each change of a row, in the same transaction. */
export async function auditTables(sql: pg.Client): Promise<void> {
  await sql.query(`
    create table audit (
      seq bigserial primary key, txid bigint not null, table_name text not null, type text not null, id text not null
    );
    create function audit() returns trigger language plpgsql as $$ begin
      insert into audit (txid, table_name, type, id) values (
        pg_current_xact_id()::xid::text::bigint, tg_table_name, lower(tg_op), coalesce(new.id, old.id)
      );
      return null;
    end $$;`);
  for (const table of Object.keys(names)) {
    await sql.query(
      `create trigger audit after insert or update or delete on ${table} for each row execute function audit()`,
    );
  }
}

/** All changes, in the order in which they took effect on each row. */
export async function auditedChanges(sql: pg.Client): Promise<AuditedChange[]> {
  const { rows } = await sql.query("select seq, txid, table_name, type, id from audit order by seq");
  return rows.map(({ seq, txid, table_name, type, id }) => {
    const table = names[table_name];
    if (!table) throw new Error(`The table ${table_name} is not known.`);
    return { seq: Number(seq), txid: Number(txid), table, type, id };
  });
}

/** The records of all client transactions, by their ids. */
export async function recorded(sql: pg.Client): Promise<Map<string, Recorded>> {
  const { rows } = await sql.query("select user_id, id, outcome from client_transaction");
  return new Map(rows.map(({ user_id, id, outcome }) => [id, { userId: user_id, ...outcome }]));
}
