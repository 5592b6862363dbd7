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

/**
 * The options of better-auth for its cookies. On HTTPS every cookie gets the prefix `__Host-`: a browser takes such a
 * cookie from this host alone, so neither a sibling site nor a stage on a subdomain can plant one. better-auth itself
 * offers only `__Secure-`, which keeps nobody on the same domain out, and the option for that prefix has to be off.
 */
export function cookieOptions(origin: string, secret: string) {
  const name = cookiePrefix(origin, secret);
  const isSecure = new URL(origin).protocol === "https:";
  return {
    cookiePrefix: isSecure ? `__Host-${name}` : name,
    useSecureCookies: false,
    defaultCookieAttributes: { secure: isSecure, path: "/" },
  };
}
