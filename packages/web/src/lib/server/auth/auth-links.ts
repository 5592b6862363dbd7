/**
 * Checks the links of better-auth, so that a wrong link stops the server at the start. better-auth itself would take a
 * missing origin from the first request, and would sign cookies with a secret of any length.
 *
 * @returns the origin of the site, and the secret that signs cookies
 * @throws Error that names the wrong link
 */
export function authLinks(siteUrl: string, secret: string): { origin: string; secret: string } {
  const site = URL.canParse(siteUrl) ? new URL(siteUrl) : undefined;
  if (!site || !/^https?:$/.test(site.protocol)) {
    throw new Error("Link Site: its url is not an address such as https://example.com.");
  }
  if (secret.length < 32) throw new Error("Link AuthSecret: the secret needs at least 32 characters.");
  return { origin: site.origin, secret };
}
