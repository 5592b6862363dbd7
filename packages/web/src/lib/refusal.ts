/** What every answer that depends on the caller carries: no cache but the caller's own page may hold it. */
export const uncacheable = "private, no-store";

/** For failures that pass: when a client may try again, in seconds. */
export const retryAfter = { "retry-after": "2" };

/** A refusal as JSON, with a message that a person can read. */
export function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ message }, { status, headers: { ...headers, "cache-control": uncacheable } });
}
