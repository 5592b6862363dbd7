import { and, eq, getTableColumns, inArray, or, type SQL } from "drizzle-orm";
import { type PgColumn, type PgTable, QueryBuilder } from "drizzle-orm/pg-core";
import { user } from "../auth/auth.sql.ts";
import { type Access, access, required } from "../drizzle/access.ts";
import type { Transaction } from "../drizzle/database.ts";
import { RuleRefusal } from "../drizzle/guard.ts";
import { hasRole, managersOf } from "./managers.ts";
import { parentsOf, type Roles, wordsFrom } from "./roles.ts";

/** A table of invitations: who invites whom, by e-mail address, to which role. */
type InvitationTable = PgTable & { id: PgColumn; userId: PgColumn; email: PgColumn; role: PgColumn };

/** How many invitations of one person may stand open at once, so that nobody floods strangers. */
const mostOpen = 50;

/** The invitations to a parent table. */
export interface Invitations {
  readonly table: InvitationTable;
  /** The column with the id of the parent, and its key in the table. */
  readonly parent: PgColumn;
  readonly parentKey: string;
}

/** Describes a table of invitations. @param parent the table's column with the id of the parent */
export function invitations(table: InvitationTable, parent: PgColumn): Invitations {
  const parentKey = Object.entries(getTableColumns(table)).find(([, column]) => column === parent)?.[0];
  if (parentKey === undefined) throw new Error(`${parent.name} is no column of the invitations.`);
  return { table, parent, parentKey };
}

/**
 * Declares who may read, send and withdraw invitations. Whoever may give a role may invite to the role. Nothing looks for
 * an account when an invitation is sent, so the answer and its time tell nobody who has an account. The person with the
 * address reads the invitation once the account's address is verified, and accepts it by adding the membership: see
 * `membershipsOf`.
 *
 * @param options.manage as for `membershipsOf`
 */
export function invitationsOf<Role extends string>(
  { table, parent, parentKey }: Invitations,
  roles: () => Roles<Role>,
  { manage }: { manage?: NoInfer<Role> } = {},
): Access {
  const managed = (userId: string) =>
    inArray(parent, parentsOf(roles(), userId, managersOf(roles(), manage)));
  const rule = access(
    (userId) => or(managed(userId), addressedTo(table, userId)),
    managed,
    (userId) => or(managed(userId), addressedTo(table, userId)),
  );
  return {
    ...rule,
    result: (userId) => required(and(managed(userId), eq(table.userId, userId))),
    guard: async (tx, { act, userId, values }) => {
      if (act === "update") return false;
      if (act === "insert") {
        const givers = wordsFrom(roles(), String(values.role)).filter((word) =>
          managersOf(roles(), manage).includes(word),
        );
        if (!(await hasRole(tx, roles(), values[parentKey], givers, userId))) return false;
      }
      return async () => {
        if (act === "insert" && (await tx.$count(table, eq(table.userId, userId))) > mostOpen) {
          throw new RuleRefusal(`At most ${mostOpen} of your invitations can be open at once.`);
        }
      };
    },
  };
}

/**
 * Finds the invitation that lets a person take a role in a parent, and locks the invitation. Its sender must still be able
 * to give the role.
 *
 * @returns the id of the invitation
 */
export async function invitationFor(
  tx: Transaction,
  { table, parent }: Invitations,
  roles: Roles,
  managers: readonly string[],
  wanted: { parentId: unknown; role: unknown; userId: string },
): Promise<unknown> {
  const found = await tx
    .select({ id: table.id, sender: table.userId })
    .from(table)
    .where(and(eq(parent, wanted.parentId), eq(table.role, wanted.role), addressedTo(table, wanted.userId)))
    .for("update");
  const givers = wordsFrom(roles, String(wanted.role)).filter((word) => managers.includes(word));
  for (const { id, sender } of found) {
    if (await hasRole(tx, roles, wanted.parentId, givers, String(sender))) return id;
  }
  return undefined;
}

/** The condition for invitations to the verified address of a person. */
function addressedTo({ email }: InvitationTable, userId: string): SQL {
  const verified = new QueryBuilder()
    .select({ email: user.email })
    .from(user)
    .where(and(eq(user.id, userId), eq(user.emailVerified, true)));
  return inArray(email, verified);
}
