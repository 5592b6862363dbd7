import { createServerFn } from "@tanstack/react-start";
// biome-ignore lint/style/noRestrictedImports: The body of a server function and its imports stay on the server.
import { mailLink } from "~/lib/server/mail/mail-link";

/**
 * Whether an account can be used before its e-mail address is confirmed ("asked") or not ("required"). Undefined when the
 * deployment sends no mail.
 */
export const getMailSetting = createServerFn({ method: "GET" }).handler(async () => mailLink?.verification);
