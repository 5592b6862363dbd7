/**
 * Checks the path that a person returns to after signing in. Anybody can write the value into a link, so a value that
 * a browser would resolve to another origin ("//host", "/\host", "javascript:…") is dropped.
 *
 * @param value the `redirect` parameter of the sign-in page
 * @returns a path inside this app with its search and hash, or undefined
 */
export function returnPath(value: unknown): string | undefined {
  if (typeof value !== "string" || !value.startsWith("/")) return undefined;
  // Any origin serves, since the check only asks whether the value leaves the origin. Like browsers, `URL` reads a
  // backslash as a slash and drops tabs and newlines.
  const here = "http://here.invalid";
  if (!URL.canParse(value, here)) return undefined;
  const url = new URL(value, here);
  if (url.origin !== here || url.pathname.startsWith("//")) return undefined;
  if (url.pathname === "/sign-in") return undefined;
  return url.pathname + url.search + url.hash;
}
