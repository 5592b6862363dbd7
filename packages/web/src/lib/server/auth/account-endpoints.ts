import "@tanstack/react-start/server-only";
import { session } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { APIError, BASE_ERROR_CODES, type BetterAuthPlugin } from "better-auth";
import { createAuthEndpoint, sensitiveSessionMiddleware, setPassword } from "better-auth/api";
import { deleteSessionCookie } from "better-auth/cookies";
import { and, desc, eq, gt, ne, sql } from "drizzle-orm";
import { z } from "zod";
import { deleteAccount } from "~/lib/server/auth/delete-account";
import { deviceWords } from "~/lib/server/auth/device-words";
import { passwordSet } from "~/lib/server/auth/mail-notices";
import { methodsOf } from "~/lib/server/auth/sign-in-methods";
import { freshSessionSeconds } from "~/lib/server/limits";
import type { Device } from "~/lib/wire/device";

const use = [sensitiveSessionMiddleware];

/**
 * The endpoints of the account page that better-auth lacks. A session is named by its id: better-auth's own endpoints
 * for sessions send the tokens to the browser, and a token must stay on the server.
 */
export const accountEndpoints = {
  id: "account",
  endpoints: {
    /** Lists where the person is signed in, the session of the request first. */
    listDevices: createAuthEndpoint("/account/devices", { method: "GET", use }, async (ctx) => {
      const own = ctx.context.session.session.id;
      const devices = await devicesOf(ctx.context.session.user.id, own);
      ctx.setHeader("cache-control", "private, no-store");
      return ctx.json({ devices: devices.sort((a, b) => Number(b.current) - Number(a.current)) });
    }),

    /** Ends one session of the person. A session that has ended already is no failure. */
    endDevice: createAuthEndpoint(
      "/account/end-device",
      { method: "POST", use, body: z.object({ id: z.string() }) },
      async (ctx) => {
        const [found] = await db
          .select({ token: session.token })
          .from(session)
          .where(and(eq(session.id, ctx.body.id), eq(session.userId, ctx.context.session.user.id)));
        if (found) await ctx.context.internalAdapter.deleteSession(found.token);
        return ctx.json({ ended: found !== undefined });
      },
    ),

    /** Ends all sessions of the person except the one of the request. */
    endOtherDevices: createAuthEndpoint(
      "/account/end-other-devices",
      { method: "POST", use },
      async (ctx) => {
        const { user, session: own } = ctx.context.session;
        const others = await db
          .select({ token: session.token })
          .from(session)
          .where(and(eq(session.userId, user.id), ne(session.id, own.id)));
        for (const { token } of others) await ctx.context.internalAdapter.deleteSession(token);
        return ctx.json({ ended: others.length });
      },
    ),

    /** Says how the person can sign in. */
    listMethods: createAuthEndpoint("/account/methods", { method: "GET", use }, async (ctx) => {
      const methods = await methodsOf(ctx.context.session.user.id, ctx);
      ctx.setHeader("cache-control", "private, no-store");
      return ctx.json(methods);
    }),

    /** Gives a password to a person who signs in elsewhere. The person has to have just signed in. */
    setPassword: createAuthEndpoint(
      "/account/set-password",
      { method: "POST", use, body: z.object({ newPassword: z.string() }) },
      async (ctx) => {
        const { user, session: own } = ctx.context.session;
        expectFresh(own.createdAt);
        await setPassword(ctx);
        await passwordSet(user);
        return ctx.json({ set: true });
      },
    ),

    /**
     * Deletes the person with all rows. Needs the password. A person who has just signed in may leave the password out.
     */
    deleteAccount: createAuthEndpoint(
      "/account/delete",
      { method: "POST", use, body: z.object({ password: z.string().optional() }) },
      async (ctx) => {
        const { user, session: own } = ctx.context.session;
        if (ctx.body.password === undefined) expectFresh(own.createdAt);
        else await ctx.context.password.checkPassword(user.id, ctx);
        await deleteAccount(user.id);
        deleteSessionCookie(ctx);
        return ctx.json({ deleted: true });
      },
    ),
  },
} satisfies BetterAuthPlugin;

/** The sessions of a person that stand, the one that was used last first. */
async function devicesOf(userId: string, own: string): Promise<Device[]> {
  const rows = await db
    .select({
      id: session.id,
      userAgent: session.userAgent,
      signedInAt: session.createdAt,
      seenAt: session.updatedAt,
    })
    .from(session)
    .where(and(eq(session.userId, userId), gt(session.expiresAt, sql`now()`)))
    .orderBy(desc(session.updatedAt));
  return rows.map(({ id, userAgent, signedInAt, seenAt }) => ({
    id,
    current: id === own,
    words: deviceWords(userAgent),
    signedInAt: signedInAt.toISOString(),
    seenAt: seenAt.toISOString(),
  }));
}

/** @throws APIError when the person signed in too long ago to do without the password */
function expectFresh(signedInAt: Date): void {
  if (Date.now() - new Date(signedInAt).getTime() >= freshSessionSeconds * 1000)
    throw APIError.from("FORBIDDEN", BASE_ERROR_CODES.SESSION_NOT_FRESH);
}
