import "@tanstack/react-start/server-only";
import { addressHeader } from "~/lib/server/http/client-address";
import { routePattern } from "~/lib/server/http/route-pattern";
import { log } from "~/lib/server/log/log";
import { countRepeats } from "~/lib/server/log/repeats";
import { requestContext } from "~/lib/server/log/request-context";
import { requestId, requestIdHeader } from "~/lib/server/log/request-id";

/**
 * Serves a request and logs one line about the answer: the route's pattern, the status, and the milliseconds until the
 * answer began. The answer carries the id of the request.
 *
 * Live polls and probes that succeed are logged at the level "debug" alone: a browser polls all day, and the lines would
 * cost more than the polls. Failures of the server, and refusals over a limit, are counted by route and status.
 */
export function logged(request: Request, serve: () => Promise<Response>): Promise<Response> {
  const id = requestId(request.headers);
  const address = request.headers.get(addressHeader) ?? undefined;
  return requestContext.run({ id, address }, async () => {
    const began = performance.now();
    const answer = await serve();
    answer.headers.set(requestIdHeader, id);
    logAnswer(request, answer.status, performance.now() - began);
    return answer;
  });
}

function logAnswer({ method, url }: Request, status: number, milliseconds: number): void {
  const { pathname, searchParams } = new URL(url);
  if (status < 400 && isRoutine(pathname, searchParams) && !log.isLevelEnabled("debug")) return;
  const route = routePattern(pathname);
  const line = { event: "request", method, route, status, ms: Math.round(milliseconds * 10) / 10 };
  const text = `${method} ${route} ${status}`;
  if (status >= 500) countRepeats(text, (repeated) => log.error({ ...line, repeated }, text));
  else if (status === 429) countRepeats(text, (repeated) => log.info({ ...line, repeated }, text));
  else if (status < 400 && isRoutine(pathname, searchParams)) log.debug(line, text);
  else log.info(line, text);
}

/** Whether a request comes so often that its success says nothing. */
function isRoutine(pathname: string, query: URLSearchParams): boolean {
  return pathname === "/api/health" || pathname === "/api/ready" || query.get("live") === "true";
}
