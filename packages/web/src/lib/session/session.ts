import { createServerFn } from "@tanstack/react-start";
import { getRequest } from "@tanstack/react-start/server";
// biome-ignore lint/style/noRestrictedImports: The body of a server function and its imports stay on the server.
import { callerOf } from "~/lib/server/auth/caller";
// biome-ignore lint/style/noRestrictedImports: As above.
import { mailLink } from "~/lib/server/mail/mail-link";

/**
 * Returns the signed-in user, and whether the deployment sends mail. Works on the server and in the browser. Undefined
 * when nobody is signed in.
 */
export const getSession = createServerFn({ method: "GET" }).handler(async () => {
  const caller = await callerOf(getRequest());
  return caller && { user: caller, sendsMail: mailLink !== undefined };
});
