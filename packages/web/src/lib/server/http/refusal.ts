import { uncacheable } from "~/lib/wire/caching";

/** The header of a temporary failure: a client may try again after two seconds. */
export const retryAfter = { "retry-after": "2" };

/** Makes a refusal as JSON: `{ message }`, which a person can read. No cache may store the refusal. */
export function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ message }, { status, headers: { ...headers, "cache-control": uncacheable } });
}
