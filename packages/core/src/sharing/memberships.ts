import { and, eq, inArray, or } from "drizzle-orm";
import { type Access, access } from "../drizzle/access.ts";
import type { Transaction } from "../drizzle/database.ts";
import { type Guard, RuleRefusal } from "../drizzle/guard.ts";
import { parentOf } from "../drizzle/within.ts";
import { type Invitations, invitationFor } from "./invitations.ts";
import { hasRole, managersOf } from "./managers.ts";
import { parentsOf, type Roles, wordsFrom } from "./roles.ts";

/**
 * Declares who may read, give, change and take memberships.
 *
 * - The members of a parent see each other.
 * - Whoever has the role `manage` or a higher one adds and removes people and changes their roles, up to the own role:
 *   nobody gives, changes or takes more than they have.
 * - Everybody may leave. But somebody with the highest role always stays.
 * - A membership stays with its person and its parent.
 * - Whoever was invited by e-mail adds their own membership, with the role of the invitation, which is then gone.
 *
 * @param options.manage the least role with which a person manages the others; by default the highest
 * @param options.invitations the invitations, as a function because the schema files import each other
 */
export function membershipsOf<Role extends string>(
  roles: Roles<Role>,
  { manage, invitations }: { manage?: NoInfer<Role>; invitations?: () => Invitations } = {},
): Access {
  const { table, parent, words } = roles;
  const managers = managersOf(roles, manage);
  const managed = (userId: string) =>
    or(
      ...managers.map((word) =>
        and(
          inArray(parent, parentsOf(roles, userId, [word])),
          inArray(table.role, words.slice(0, words.indexOf(word) + 1)),
        ),
      ),
    );
  const rule = access(
    (userId) => inArray(parent, parentsOf(roles, userId)),
    managed,
    (userId) => or(eq(table.userId, userId), managed(userId)),
  );
  // People may give up their own right to manage, so what they leave behind need not be theirs to manage. The guard
  // looks at the right before the write.
  return { ...rule, result: rule.readable, memberships: true, guard: guardOf(roles, managers, invitations) };
}

/** Makes the guard of a memberships table. `managers` are the roles with which people manage others. */
function guardOf(roles: Roles, managers: readonly string[], invitations?: () => Invitations): Guard {
  const { parentKey, words } = roles;
  const highest = words.at(-1);
  return async (tx, { act, userId, id, values }) => {
    if (act === "insert" && invitations && values.userId === userId) {
      const { table } = invitations();
      const wanted = { parentId: values[parentKey], role: values.role, userId };
      const invitation = await invitationFor(tx, invitations(), roles, managers, wanted);
      if (invitation !== undefined)
        return async () => void (await tx.delete(table).where(eq(table.id, invitation)));
    }
    const parentId = act === "insert" ? values[parentKey] : (await membershipOf(tx, roles, id))?.parentId;
    // Every write of memberships of one parent waits here for the one before it, and so sees what that one did.
    if (!(await lockedParent(tx, roles, parentId, userId))) return false;
    const before = act === "insert" ? undefined : await membershipOf(tx, roles, id);
    if (act !== "insert" && !before) return false;
    if (
      act === "update" &&
      (changed(values[parentKey], parentId) || changed(values.userId, before?.userId))
    ) {
      return false;
    }
    const role = values.role ?? (act === "insert" ? highest : undefined);
    if (role !== undefined) {
      const givers = wordsFrom(roles, String(role)).filter((word) => managers.includes(word));
      if (!(await hasRole(tx, roles, parentId, givers, userId))) return false;
    }
    return async () => {
      const lost = before?.role === highest && (act === "delete" || (role ?? highest) !== highest);
      if (!lost || !highest || (await hasRole(tx, roles, parentId, [highest]))) return;
      throw new RuleRefusal(`The last ${highest} has to stay. Make somebody else ${highest} first.`);
    };
  };
}

/** Reads a membership as it is now. */
async function membershipOf(tx: Transaction, { table, parent }: Roles, id: unknown) {
  const columns = { parentId: parent, userId: table.userId, role: table.role };
  const [found] = await tx.select(columns).from(table).where(eq(table.id, id));
  return found;
}

function changed(value: unknown, before: unknown): boolean {
  return value !== undefined && value !== before;
}

/** Locks a parent in which a person has a role. False when the person has none. */
async function lockedParent(
  tx: Transaction,
  roles: Roles,
  parentId: unknown,
  userId: string,
): Promise<boolean> {
  const { table, key } = parentOf(roles.parent);
  const locked = await tx
    .select({ key })
    .from(table)
    .where(and(eq(key, parentId), inArray(key, parentsOf(roles, userId))))
    .for("no key update");
  return locked.length > 0;
}
