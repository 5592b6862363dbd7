import { and, eq, getTableColumns, inArray } from "drizzle-orm";
import {
  type ExtraConfigColumn,
  index,
  type PgColumn,
  type PgTable,
  QueryBuilder,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { user } from "../auth/auth.sql.ts";
import { type Access, access, readOnly } from "../drizzle/access.ts";

/** A table with one row for each person and parent, which says the person's role there. */
type MembershipTable = PgTable & { id: PgColumn; userId: PgColumn; role: PgColumn };

/** The column with the person of a membership. The membership goes with the person's account. */
export const memberId = () =>
  text("user_id")
    .notNull()
    .references(() => user.id, { onDelete: "cascade" });

/**
 * The indexes of a memberships table: a person has one membership in a parent, and a person's memberships are found fast.
 *
 * @param table the name of the table in Postgres
 */
export function membershipIndexes(table: string, parent: ExtraConfigColumn, person: ExtraConfigColumn) {
  return [
    uniqueIndex(`${table}_${parent.name}_${person.name}_idx`).on(parent, person),
    index(`${table}_${person.name}_idx`).on(person),
  ];
}

/** Who has which role in the rows of a parent table. */
export interface Roles<Role extends string = string> {
  /** The memberships. */
  readonly table: MembershipTable;
  /** The memberships' column with the id of the parent, and the column's key in the table. */
  readonly parent: PgColumn;
  readonly parentKey: string;
  /** The roles from the least to the most. */
  readonly words: readonly Role[];
}

/** The roles of a memberships table, as its column `role` lists them. */
export type RoleOf<Table extends MembershipTable> = Table["role"]["_"]["data"] & string;

/**
 * Describes a memberships table. The roles are those of its column `role`, listed from the least to the most: whoever
 * has a role may do what the roles before it may do.
 *
 * @param parent the table's column with the id of the parent
 * @throws when `role` lists no words
 */
export function roles<Table extends MembershipTable>(table: Table, parent: PgColumn): Roles<RoleOf<Table>> {
  const words: readonly RoleOf<Table>[] = table.role.enumValues ?? [];
  const parentKey = Object.entries(getTableColumns(table)).find(([, column]) => column === parent)?.[0];
  if (words.length === 0) throw new Error(`${table.role.name} lists no roles. Make it a pgEnum.`);
  if (parentKey === undefined) throw new Error(`${parent.name} is no column of the memberships.`);
  return { table, parent, parentKey, words };
}

/** The least roles with which a person may do things. */
export interface Rights<Role extends string> {
  /** Default: the least of all. */
  readonly read?: Role;
  readonly write: Role;
  /** Default: as `write`. */
  readonly delete?: Role;
}

/**
 * Declares who may read and change rows by the role that a person has in a parent.
 *
 * On the key of the parent's own table, the rule also makes the person who adds a row the first member, with the highest
 * role, in the same transaction.
 *
 * @param column the parent's key, or a column of another table that refers to the parent
 * @param roles the roles, as a function because the schema files of parent and memberships import each other
 */
export function byRole<Role extends string>(
  column: PgColumn,
  roles: () => Roles<Role>,
  rights: Rights<NoInfer<Role>>,
): Access {
  const atLeast = (right?: Role) => (userId: string) => {
    const given = roles();
    return inArray(column, parentsOf(given, userId, right && wordsFrom(given, right)));
  };
  const rule = access(atLeast(rights.read), atLeast(rights.write), atLeast(rights.delete ?? rights.write));
  if (!column.primary) return rule;
  return {
    ...rule,
    founding: (row, userId) => {
      const { table, parentKey, words } = roles();
      const membership = { id: crypto.randomUUID(), [parentKey]: row.id, userId, role: words.at(-1) };
      return { table, values: membership };
    },
  };
}

/**
 * Declares that people read of each other when they are members of the same parent. A view of the table `user` has this
 * rule, with the columns that members may see of each other. Nobody writes by the rule.
 */
export function peersOf(roles: () => Roles): Access {
  return readOnly((userId) => {
    const { table, parent } = roles();
    const peers = new QueryBuilder()
      .select({ id: table.userId })
      .from(table)
      .where(inArray(parent, parentsOf(roles(), userId)));
    return inArray(user.id, peers);
  });
}

/** Selects the ids of the parents in which a person has one of these roles. Without roles, any role. */
export function parentsOf({ table, parent }: Roles, userId: string, words?: readonly string[]) {
  const mine = eq(table.userId, userId);
  return new QueryBuilder()
    .select({ id: parent })
    .from(table)
    .where(words ? and(mine, inArray(table.role, [...words])) : mine);
}

/** The roles that are at least this one. Empty for a word that is no role. */
export function wordsFrom<Role extends string>({ words }: Roles<Role>, role: string): readonly Role[] {
  const known: readonly string[] = words;
  const index = known.indexOf(role);
  return index < 0 ? [] : words.slice(index);
}
