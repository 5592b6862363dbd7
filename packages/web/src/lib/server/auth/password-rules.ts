import "@tanstack/react-start/server-only";
import { commonPassword, personalPassword, userPassword } from "@tracer/core/auth/auth.rules";
import { isCommonPassword } from "@tracer/core/auth/common-passwords";
import { passwordLength } from "@tracer/core/auth/password-length";
import { isPersonalPassword, type PasswordOwner } from "@tracer/core/auth/personal-password";
import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware, getAuthoritativeSessionFromCtx } from "better-auth/api";
import * as z from "zod/mini";

/** Whose password a request sets. Absent when the request will be refused anyway. */
type Owner = PasswordOwner | null | undefined;
type Endpoint = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];
type OwnerOf = (ctx: Endpoint) => Promise<Owner>;

const signUp = z.object({ name: z.string(), email: z.string() });
const reset = z.object({ token: z.string() });
const passwords = z.object({ password: z.optional(z.string()), newPassword: z.optional(z.string()) });

/** The endpoints that set a password, and the owner of the password. */
const owners: Record<string, OwnerOf> = {
  "/sign-up/email": async ({ body }) => signUp.safeParse(body).data,
  "/change-password": async (ctx) => (await getAuthoritativeSessionFromCtx(ctx))?.user,
  "/account/set-password": async (ctx) => (await getAuthoritativeSessionFromCtx(ctx))?.user,
  "/reset-password": async ({ body, query, context }) => {
    const token = reset.safeParse(body).data?.token ?? reset.safeParse(query).data?.token;
    if (token === undefined) return undefined;
    const proof = await context.internalAdapter.findVerificationValue(`reset-password:${token}`);
    return proof ? context.internalAdapter.findUserById(proof.value) : undefined;
  },
};

/**
 * Refuses a new password that is one of the commonest, that holds the name or the address of its owner, or that is made
 * of spaces, with the code `PASSWORD_REFUSED` and a message for the person.
 */
export const passwordRules = {
  id: "password-rules",
  hooks: {
    before: [
      {
        matcher: ({ path }) => path !== undefined && Object.hasOwn(owners, path),
        handler: createAuthMiddleware(async (ctx) => {
          const { password, newPassword } = passwords.safeParse(ctx.body).data ?? {};
          const chosen = ctx.path === "/sign-up/email" ? password : newPassword;
          if (chosen === undefined || isOfWrongLength(chosen)) return;
          const message = refusalOf(chosen, await owners[ctx.path]?.(ctx));
          if (message) throw new APIError("BAD_REQUEST", { code: "PASSWORD_REFUSED", message });
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;

/** better-auth itself refuses such a password, and its client knows the code. */
function isOfWrongLength({ length }: string): boolean {
  return length < passwordLength.min || length > passwordLength.max;
}

function refusalOf(password: string, owner: Owner): string | undefined {
  const checked = userPassword.safeParse(password);
  if (!checked.success) return checked.error.issues[0]?.message;
  if (isCommonPassword(password)) return commonPassword;
  return owner && isPersonalPassword(password, owner) ? personalPassword : undefined;
}
