import { uncacheable } from "~/lib/wire/caching";

/** For failures that pass: when a client may try again, in seconds. */
export const retryAfter = { "retry-after": "2" };

/** A refusal as JSON, with a message that a person can read. */
export function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ message }, { status, headers: { ...headers, "cache-control": uncacheable } });
}
