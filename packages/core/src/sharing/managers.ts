import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "../drizzle/database.ts";
import { type Roles, wordsFrom } from "./roles.ts";

/** The roles with which people manage the memberships of others. @param least by default the highest role */
export function managersOf<Role extends string>(roles: Roles<Role>, least?: Role): readonly Role[] {
  return least ? wordsFrom(roles, least) : roles.words.slice(-1);
}

/** Whether anybody, or this person, has one of these roles in a parent. */
export async function hasRole(
  tx: Transaction,
  { table, parent }: Roles,
  parentId: unknown,
  words: readonly string[],
  userId?: string,
): Promise<boolean> {
  if (words.length === 0) return false;
  const person = userId === undefined ? undefined : eq(table.userId, userId);
  const found = await tx
    .select({ id: table.id })
    .from(table)
    .where(and(eq(parent, parentId), inArray(table.role, [...words]), person))
    .limit(1);
  return found.length > 0;
}
