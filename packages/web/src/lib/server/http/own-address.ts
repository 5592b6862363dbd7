/**
 * Where a page is to be asked for instead, when it was asked for under another name of this machine.
 *
 * On one machine `localhost:3000` and `127.0.0.1:3000` reach the same server, but a browser takes them for two sites.
 * The server accepts sign-ins and writes only from its own origin, so a page at the other name could do neither.
 * Nothing happens unless the site itself is on the loopback interface: a deployed server never sends anybody elsewhere.
 *
 * @param request only GET and HEAD of pages are led elsewhere. What is below `/api` answers under every name
 * @param siteUrl the site's own address
 * @returns the same path and query at the site's origin, or undefined when the request is in the right place
 */
export function ownAddress(
  { method, url }: Pick<Request, "method" | "url">,
  siteUrl: string,
): string | undefined {
  const [asked, site] = [new URL(url), new URL(siteUrl)];
  if (asked.hostname === site.hostname || asked.port !== site.port) return undefined;
  if (!isLoopback(asked.hostname) || !isLoopback(site.hostname)) return undefined;
  if (!["GET", "HEAD"].includes(method) || /^\/(api|_serverFn)\//.test(asked.pathname)) return undefined;
  // The path begins with a slash, so whatever it holds cannot reach into the origin before it.
  return site.origin + asked.pathname + asked.search;
}

/** Whether a name means this machine alone. `URL` has already written every form of an IP address in one way. */
function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
