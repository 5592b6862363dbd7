import { createHmac } from "node:crypto";

/**
 * The first part of the names of better-auth's cookies: better-auth's own default, or a name that no other app on the
 * host has.
 *
 * A browser keeps cookies for a host and sends them to every port of that host. Two apps on `localhost` would overwrite
 * each other's cookies, and a sign-in at one would be a sign-out at the other. The name comes from the secret and not
 * from the port: each local stack makes a secret of its own, and a stack that has to move to the next free port keeps
 * its sessions.
 *
 * @param origin the site's origin. Without a port in the origin, the app has the host to itself
 * @param secret the secret that signs the cookies. Eight hexadecimal digits of a hash reveal nothing of the secret
 */
export function cookiePrefix(origin: string, secret: string): string {
  if (new URL(origin).port === "") return "better-auth";
  const name = createHmac("sha256", secret).update("cookie-prefix").digest("hex").slice(0, 8);
  return `better-auth-${name}`;
}
