import "@tanstack/react-start/server-only";
import type { Unready } from "~/lib/server/health/readiness";
import { retryAfter } from "~/lib/server/http/refusal";
import { uncacheable } from "~/lib/wire/caching";

/** Says that this process is alive. The answer does not depend on the database or on Electric. */
export async function serveHealth(): Promise<Response> {
  return uncached({ alive: true }, 200);
}

/**
 * Makes the handler that says whether this process can serve people: 200 with `{ ready: true }`, or 503 with
 * `{ ready: false, reasons }`. A reason names a part and what the part lacks, and nothing else: strangers read the answer
 * too.
 *
 * @param check finds what keeps the process from serving. The check must bound its own time and frequency
 */
export function serveReady(check: () => Promise<readonly Unready[]>) {
  return async (): Promise<Response> => {
    const reasons = await check();
    return reasons.length === 0
      ? uncached({ ready: true }, 200)
      : uncached({ ready: false, reasons }, 503, retryAfter);
  };
}

function uncached(body: object, status: number, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { ...headers, "cache-control": uncacheable } });
}
