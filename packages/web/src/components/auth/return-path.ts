/**
 * Where to go after signing in: a path inside this app, or nothing. The value stands in the address, so anybody
 * can write it; what a browser would resolve to another origin ("//host", "/\host", "javascript:…") is dropped.
 */
export function returnPath(value: unknown): string | undefined {
  if (typeof value !== "string" || !value.startsWith("/")) return undefined;
  // Any origin does: only whether the value leaves it matters. URL also folds "/\", tabs and newlines as browsers do.
  const here = "http://here.invalid";
  if (!URL.canParse(value, here)) return undefined;
  const url = new URL(value, here);
  if (url.origin !== here || url.pathname.startsWith("//")) return undefined;
  if (url.pathname === "/sign-in") return undefined;
  return url.pathname + url.search + url.hash;
}
