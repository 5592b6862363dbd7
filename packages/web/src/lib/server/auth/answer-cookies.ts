const cookies = new WeakMap<Request, readonly string[]>();

/** Keeps the cookies that the check of a request's session brings, for the answer to the request. */
export function keepCookies(request: Request, lines: readonly string[]): void {
  if (lines.length > 0) cookies.set(request, lines);
}

/** Returns the `set-cookie` lines for the answer to a request. */
export function cookiesFor(request: Request): readonly string[] {
  return cookies.get(request) ?? [];
}
