import "@tanstack/react-start/server-only";
import { account, passkey, twoFactor } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import type { GenericEndpointContext } from "better-auth";
import { and, asc, eq } from "drizzle-orm";
import { secondFactor } from "~/lib/server/auth/second-factor";
import type { SignInMethods } from "~/lib/wire/sign-in-methods";

/** How a person can sign in, without any secret. */
export async function methodsOf(userId: string, ctx: GenericEndpointContext): Promise<SignInMethods> {
  const [app] = await db
    .select({ id: twoFactor.id })
    .from(twoFactor)
    .where(and(eq(twoFactor.userId, userId), eq(twoFactor.verified, true)));
  const ways = await db.select({ id: account.providerId }).from(account).where(eq(account.userId, userId));
  const passkeys = await db
    .select({ id: passkey.id, name: passkey.name, createdAt: passkey.createdAt })
    .from(passkey)
    .where(eq(passkey.userId, userId))
    .orderBy(asc(passkey.createdAt));
  const password = ways.some(({ id }) => id === "credential");
  return {
    password,
    secondFactor: app !== undefined,
    backupCodes: app ? await countCodes(userId, ctx) : 0,
    passkeys: passkeys.map(({ id, name, createdAt }) => ({
      id,
      name: name ?? "",
      addedAt: createdAt.toISOString(),
    })),
  };
}

async function countCodes(userId: string, { context }: GenericEndpointContext): Promise<number> {
  const { backupCodes } = await secondFactor.endpoints.viewBackupCodes({ context, body: { userId } });
  return backupCodes.length;
}
