import { keepAlive } from "~/lib/server/http/keep-alive";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { firstByteSeconds } from "~/lib/server/limits";
import { uncacheable } from "~/lib/wire/caching";
import { asciiJson } from "./ascii-json";
import { logDefinitionRefusal } from "./definition-refusal";

/** The statuses that concern the client's own request and that Electric's client handles. */
const passedOn = new Set([200, 304, 400, 409, 429]);

/**
 * Sends a shape request to Electric and streams the answer to the browser.
 *
 * The answer keeps its status, body and `electric-*` headers. The caching headers are replaced, because Electric's are
 * meant for a cache that serves the same answer to all clients. A failure becomes a plain 502, 503 or 504 with
 * `retry-after`, so that neither Electric's address nor the secret reaches the browser or the log.
 *
 * @param url the complete upstream URL, including the secret
 * @param request the browser's request. When its signal aborts, the upstream request ends too
 */
export async function forwardShape(url: URL, request: Request): Promise<Response> {
  const upstream = new AbortController();
  const abort = () => upstream.abort();
  if (request.signal.aborted) abort();
  request.signal.addEventListener("abort", abort, { once: true });

  const tooLate = new Error("no answer in time");
  const timer = setTimeout(() => upstream.abort(tooLate), firstByteSeconds * 1000);
  try {
    const answer = await fetchOnce(url, request, upstream.signal).catch((error: unknown) => {
      // Electric closes idle connections without notice. A request over such a connection fails without an answer.
      if (upstream.signal.aborted) throw error;
      return fetchOnce(url, request, upstream.signal);
    });
    if (!passedOn.has(answer.status)) {
      await answer.body?.cancel();
      console.error(`shape: Electric answered ${answer.status}`);
      return answer.status >= 500
        ? refusal(503, "The sync service is not available at the moment.", retryAfter)
        : refusal(502, "The sync service refused the request.", retryAfter);
    }
    const options = { status: answer.status, headers: passedHeaders(answer.headers) };
    if (answer.status === 400) {
      const text = await answer.text();
      logDefinitionRefusal(text);
      return new Response(text, options);
    }
    const body = answer.body && streamOf(answer.body, upstream);
    if (body) keepAlive(request, body);
    return new Response(body, options);
  } catch (error) {
    if (upstream.signal.reason === tooLate)
      return refusal(504, "The sync service did not answer in time.", retryAfter);
    if (request.signal.aborted) return refusal(499, "The request was given up.");
    console.error(`shape: Electric cannot be reached (${causeOf(error)})`);
    return refusal(503, "The sync service cannot be reached at the moment.", retryAfter);
  } finally {
    clearTimeout(timer);
  }
}

function fetchOnce(url: URL, request: Request, signal: AbortSignal): Promise<Response> {
  const etag = request.headers.get("if-none-match");
  return fetch(url, { signal, redirect: "manual", headers: etag === null ? {} : { "if-none-match": etag } });
}

/** Passes on the upstream body. On Lambda only `cancel` reports that the browser has gone, and ends the request. */
function streamOf(body: ReadableStream<Uint8Array>, upstream: AbortController) {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(new Error(`shape: Electric's answer broke off (${causeOf(error)})`));
      }
    },
    cancel() {
      upstream.abort();
    },
  });
}

/**
 * Selects the headers of the protocol, in ASCII. `content-encoding` and `content-length` are left out, because `fetch`
 * has decoded the body.
 */
function passedHeaders(from: Headers): Headers {
  const headers = new Headers({ "cache-control": uncacheable });
  for (const [name, value] of from) {
    if (name.startsWith("electric-") || ["content-type", "etag", "retry-after"].includes(name))
      headers.set(name, name === "electric-schema" ? asciiJson(value) : value);
  }
  return headers;
}

/** Returns the system's error code, such as ECONNREFUSED. A message could hold the URL, and so the secret. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error) return "code" in cause ? String(cause.code) : cause.name;
  return "unknown";
}
