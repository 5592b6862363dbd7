import { copyRequest } from "~/lib/server/http/request-copy";

/** The reason of the abort when a browser leaves. The framework does not log an HTTP error as a failure of the app. */
const clientGone = Object.assign(new Error("The client has gone."), { status: 499 });

/**
 * Gives the request an abort signal with a reason that the framework does not log. A closed tab aborts its long poll,
 * which is no error, yet the framework logs a plain abort as an uncaught error.
 */
export function withQuietAbort(request: Request): Request {
  const abort = new AbortController();
  if (request.signal.aborted) abort.abort(clientGone);
  request.signal.addEventListener("abort", () => abort.abort(clientGone), { once: true });
  return copyRequest(request, { signal: abort.signal });
}
