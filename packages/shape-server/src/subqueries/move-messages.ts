import type { Plan } from "../definition/plan.ts";
import type { ExtraHeaders } from "../definition/projection.ts";
import { keyPrefix, rowJson, rowKey } from "../log/messages.ts";
import type { Cell, Relation } from "../replication/pgoutput.ts";
import type { Shape } from "../shapes/shape.ts";
import type { InSubquery, Row } from "../where/syntax/condition.ts";
import { toRow } from "./dependency.ts";
import type { Move } from "./moves.ts";

/** Tells clients that rows with these values have come in, or are to go. */
export function moveEvent(
  shape: Shape,
  plan: Plan,
  event: "move-in" | "move-out",
  { index, values, xid }: Move,
): string {
  const subquery = plan.subqueries[index];
  const hashes = subquery ? values.map((value) => plan.hash(shape.handle, subquery, value)) : [];
  const patterns = plan.positionsOf(index).flatMap((pos) => hashes.map((value) => ({ pos, value })));
  return JSON.stringify({ headers: { event, patterns, txids: [xid] } });
}

/** A row that has come in. */
export function movedRow({ definition, handle }: Shape, plan: Plan, row: Row, oracle: InSubquery): string {
  const { table, columns } = definition;
  const headers = JSON.stringify({
    operation: "insert",
    relation: [table.schema, table.name],
    is_move_in: true,
    tags: plan.tags(handle, row),
    active_conditions: plan.activeConditions(row, oracle),
  });
  const keys = table.pk.length > 0 ? table.pk : table.columns.map((column) => column.name);
  const key = rowKey(
    keyPrefix(table),
    keys.map((name) => row[name]),
  );
  const value = rowJson(
    columns.map((column) => JSON.stringify(column.name)),
    columns.map((column) => row[column.name]),
    columns.map((_, i) => i),
  );
  return `{"headers":${headers},"key":${JSON.stringify(key)},"value":${value}}`;
}

/** The tags of rows as headers of their messages. */
export function tagHeaders(plan: Plan, handle: string, relation: Relation, oracle: InSubquery): ExtraHeaders {
  const describe = (cells: Cell[]) => {
    const row = toRow(relation, cells);
    return { tags: plan.tags(handle, row), active: plan.activeConditions(row, oracle) };
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
