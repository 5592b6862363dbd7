import type { AuditedChange, Recorded } from "./audit";
import type { MadeEdit, RowChange, TableName, Told, Values } from "./edits";

/** The rows of all tables, by table and id. */
export type Rows = Record<TableName, Record<string, Values>>;

/** All that is known of a run when nothing is under way any more. */
export interface History {
  readonly made: readonly MadeEdit[];
  readonly told: ReadonlyMap<string, Told>;
  /** The edits that some tab lists as refused. */
  readonly listed: ReadonlySet<string>;
  readonly records: ReadonlyMap<string, Recorded>;
  readonly audit: readonly AuditedChange[];
}

/**
 * Applies the edits as they were made, in the order in which Postgres took them.
 *
 * @returns the rows that must be there, and all that is wrong: an edit in doubt, written in part, twice, or too early
 */
export function replay(history: History): { rows: Rows; problems: string[] } {
  const rows: Rows = { projects: {}, notes: {}, projectMembers: {} };
  const problems = [...history.made.flatMap((edit) => wrongOutcome(edit, history)), ...wrongOrder(history)];
  const editOf = editsByTxid(history);
  const pending = new Map([...editOf].map(([txid, edit]) => [txid, [...edit.changes]]));
  for (const written of history.audit) {
    const edit = editOf.get(written.txid);
    const changes = pending.get(written.txid) ?? [];
    const index = changes.findIndex((change) => isOf(change, written));
    const [change] = index < 0 ? [] : changes.splice(index, 1);
    if (change) apply(rows, change);
    else if (edit && isCascade(written, edit, rows)) delete rows.projectMembers[written.id];
    else
      problems.push(
        `Nobody asked for, or for a second time: ${JSON.stringify(written)} (${edit?.id ?? "no edit"})`,
      );
  }
  for (const [txid, left] of pending) {
    if (left.length > 0) problems.push(`The transaction ${txid} lacks ${JSON.stringify(left)}`);
  }
  return { rows, problems };
}

/** The rows that a person may read. */
export function readableBy(userId: string, { projects, notes, projectMembers }: Rows): Rows {
  const only = (rows: Record<string, Values>, isReadable: (row: Values, id: string) => boolean) =>
    Object.fromEntries(Object.entries(rows).filter(([id, row]) => isReadable(row, id)));
  const memberOf = new Set(
    Object.values(projectMembers).flatMap((row) => (row.userId === userId ? [row.projectId] : [])),
  );
  return {
    projects: only(projects, (row, id) => row.ownerId === userId || memberOf.has(id)),
    notes: only(
      notes,
      ({ authorId, sharedWith }) => authorId === userId || [sharedWith].flat().includes(userId),
    ),
    projectMembers: only(
      projectMembers,
      (row) => row.userId === userId || projects[String(row.projectId)]?.ownerId === userId,
    ),
  };
}

function wrongOutcome(edit: MadeEdit, { told, listed, records }: History): string[] {
  const says = told.get(edit.id);
  const record = records.get(edit.id);
  const problem = (text: string) => [`${edit.id} of ${edit.life} ${text}`];
  if (!record) return problem(`is in doubt: the server has no record of it (told: ${JSON.stringify(says)})`);
  if (record.userId !== edit.userId) return problem("is recorded for another person");
  if (record.txid !== undefined)
    return says && "refused" in says ? problem(`is saved, but told: ${says.refused}`) : [];
  if (!says) return listed.has(edit.id) ? [] : problem("was refused, and nobody was told");
  if ("saved" in says) return problem(`is told to be saved, but was refused: ${record.refusal?.message}`);
  return says.refused === record.refusal?.message ? [] : problem(`has two reasons: ${says.refused}`);
}

/** Edits of one life of a tab take effect in the order in which they were made. */
function wrongOrder({ made, records, audit }: History): string[] {
  const first = new Map<number, number>();
  for (const { txid, seq } of audit) if (!first.has(txid)) first.set(txid, seq);
  const problems: string[] = [];
  for (const edits of Map.groupBy(made, ({ life }) => life).values()) {
    let last = { seq: 0, id: "" };
    for (const { id, life } of edits) {
      const seq = first.get(records.get(id)?.txid ?? -1);
      if (seq === undefined) continue;
      if (seq < last.seq) problems.push(`${life}: ${id} took effect before ${last.id}, which is older`);
      last = { seq, id };
    }
  }
  return problems;
}

function editsByTxid({ made, records }: History): Map<number, MadeEdit> {
  return new Map(
    made.flatMap((edit) => {
      const txid = records.get(edit.id)?.txid;
      return txid === undefined ? [] : [[txid, edit] as const];
    }),
  );
}

const isOf = (change: RowChange, written: AuditedChange) =>
  change.table === written.table && change.type === written.type && change.id === written.id;

/** The members of a project go with the project. */
function isCascade({ table, type, id }: AuditedChange, edit: MadeEdit, { projectMembers }: Rows): boolean {
  const project = projectMembers[id]?.projectId;
  const removed = edit.changes.some((change) => change.type === "delete" && change.id === project);
  return table === "projectMembers" && type === "delete" && removed;
}

function apply(rows: Rows, { table, type, id, values }: RowChange): void {
  if (type === "delete") delete rows[table][id];
  else rows[table][id] = { ...rows[table][id], ...values };
}
