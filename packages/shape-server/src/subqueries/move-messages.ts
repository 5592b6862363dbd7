import { keyColumnsOf } from "../catalog/table.ts";
import type { Plan } from "../definition/plan.ts";
import type { ExtraHeaders } from "../definition/projection.ts";
import { toRow } from "../definition/row.ts";
import { keyPrefix, rowJson, rowKey } from "../log/messages.ts";
import type { Cell, Relation } from "../replication/pgoutput.ts";
import type { InSubquery, Row } from "../where/syntax/condition.ts";
import type { Move } from "./move.ts";
import type { MovingShape } from "./moving-shape.ts";

/** The message that rows whose tags have the hashes of these values may be in the shape from now on, or must go. */
export function moveEvent(
  handle: string,
  plan: Plan,
  event: "move-in" | "move-out",
  { index, values, xid }: Move,
): string {
  const subquery = plan.subqueries[index];
  const hashes = subquery ? values.map((value) => plan.hash(handle, subquery, value)) : [];
  const patterns = plan.positionsOf(index).flatMap((pos) => hashes.map((value) => ({ pos, value })));
  return JSON.stringify({ headers: { event, patterns, txids: [xid] } });
}

/** The message that inserts a row which comes in with a move. */
export function movedRow(
  { definition, handle }: Pick<MovingShape, "definition" | "handle">,
  plan: Plan,
  row: Row,
  inSubquery: InSubquery,
): string {
  const { table, columns } = definition;
  const headers = JSON.stringify({
    operation: "insert",
    relation: [table.schema, table.name],
    is_move_in: true,
    tags: plan.tags(handle, row),
    active_conditions: plan.activeConditions(row, inSubquery),
  });
  const key = rowKey(
    keyPrefix(table),
    keyColumnsOf(table).map((name) => row[name]),
  );
  const value = rowJson(
    columns.map((column) => JSON.stringify(column.name)),
    columns.map((column) => row[column.name]),
    columns.map((_, i) => i),
  );
  return `{"headers":${headers},"key":${JSON.stringify(key)},"value":${value}}`;
}

/** The headers with which the messages of a transaction carry the tags and the active conditions of their rows. */
export function tagHeaders(
  plan: Plan,
  handle: string,
  relation: Relation,
  inSubquery: InSubquery,
): ExtraHeaders {
  const describe = (cells: Cell[]) => {
    const row = toRow(relation, cells);
    return { tags: plan.tags(handle, row), active: plan.activeConditions(row, inSubquery) };
  };
  const text = (tags: string[], active: boolean[]) =>
    `,"tags":${JSON.stringify(tags)},"active_conditions":${JSON.stringify(active)}`;
  return {
    of: (cells) => {
      const { tags, active } = describe(cells);
      return text(tags, active);
    },
    ofUpdate: (old, now) => {
      const { tags, active } = describe(now);
      return `${text(tags, active)},"removed_tags":${JSON.stringify(without(describe(old).tags, tags))}`;
    },
    ofKeyChange: (old, now) => {
      const { tags, active } = describe(now);
      return text([...tags, ...without(describe(old).tags, tags)], active);
    },
    differ: (old, now) => JSON.stringify(describe(old)) !== JSON.stringify(describe(now)),
  };
}

const without = (tags: string[], others: string[]) => tags.filter((tag) => !others.includes(tag));
