import { createServerFn } from "@tanstack/react-start";
// biome-ignore lint/style/noRestrictedImports: The body of a server function and its imports stay on the server.
import { providerNames } from "~/lib/server/auth/providers";
// biome-ignore lint/style/noRestrictedImports: As above.
import { mailLink } from "~/lib/server/mail/mail-link";

/**
 * What the deployment offers to people who are not signed in.
 *
 * - `mail`: whether an account can be used before its e-mail address is confirmed ("asked") or not ("required").
 *   Undefined when the deployment sends no mail
 * - `providers`: where else people can sign in
 */
export const getSignInSetting = createServerFn({ method: "GET" }).handler(async () => ({
  mail: mailLink?.verification,
  providers: providerNames,
}));
