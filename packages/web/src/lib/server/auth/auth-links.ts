/**
 * Checks what better-auth is linked with, so that a wrong link ends the start rather than weakens the sign-in:
 * better-auth would take a missing origin from the first request that comes, and sign cookies with any secret.
 *
 * @throws Error that names the link
 */
export function authLinks(siteUrl: string, secret: string): { origin: string; secret: string } {
  const site = URL.canParse(siteUrl) ? new URL(siteUrl) : undefined;
  if (!site || !/^https?:$/.test(site.protocol)) {
    throw new Error("Link Site: its url is not an address such as https://example.com.");
  }
  if (secret.length < 32) throw new Error("Link AuthSecret: the secret needs at least 32 characters.");
  return { origin: site.origin, secret };
}
