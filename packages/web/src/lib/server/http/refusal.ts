import type { TRPCError } from "@trpc/server";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { uncacheable } from "~/lib/wire/caching";

/** The header of a temporary failure: a client may try again after two seconds. */
export const retryAfter = { "retry-after": "2" };

/** Makes a refusal as JSON: `{ message }`, which a person can read. No cache may store the refusal. */
export function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ message }, { status, headers: { ...headers, "cache-control": uncacheable } });
}

/** The statuses of refusals that come before tRPC, by the name that tRPC has for each. */
const statuses = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  TIMEOUT: 408,
  PAYLOAD_TOO_LARGE: 413,
  TOO_MANY_REQUESTS: 429,
  SERVICE_UNAVAILABLE: 503,
} as const satisfies Partial<Record<TRPCError["code"], number>>;

/** A refusal by code, in the form that the client of the address reads: an error of tRPC below `/api/trpc`, else JSON. */
export function refusalAt(
  url: string,
  code: keyof typeof statuses,
  message: string,
  headers: Record<string, string> = {},
): Response {
  const status = statuses[code];
  const { pathname } = new URL(url);
  if (!pathname.startsWith("/api/trpc/")) return refusal(status, message, headers);
  const data = { code, httpStatus: status };
  const error = { message, code: TRPC_ERROR_CODES_BY_KEY[code], data };
  return Response.json({ error }, { status, headers: { ...headers, "cache-control": uncacheable } });
}
