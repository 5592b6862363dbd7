const cookies = new WeakMap<object, readonly string[]>();

/** Keeps the cookies that the check of a request's session brings, for the answer to the request. */
export function keepCookies(request: object, lines: readonly string[]): void {
  if (lines.length > 0) cookies.set(request, lines);
}

/** Returns the `set-cookie` lines for the answer to a request. */
export function cookiesFor(request: object): readonly string[] {
  return cookies.get(request) ?? [];
}
