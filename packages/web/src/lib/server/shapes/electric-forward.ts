import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { firstByteSeconds, longPollSeconds } from "~/lib/server/limits";
import { uncacheable } from "~/lib/wire/caching";
import { asciiJson } from "./ascii-json";

/** Answers that speak about the client's own request and that the client knows how to handle. */
const passedOn = new Set([200, 304, 400, 409, 429]);

/**
 * Sends a shape request to Electric and streams the answer to the browser.
 *
 * The answer keeps its status, body and `electric-*` headers. Caching headers are replaced, since Electric's are meant
 * for a cache in front of Electric, where all who may ask see the same. Failures become a plain 502, 503 or 504 with
 * `retry-after`: neither Electric's address nor its secret reaches the browser or the log.
 *
 * @param url the complete upstream URL, secret included
 * @param request the browser's request: its abort ends the upstream request too
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
      // Electric closes kept-alive connections without notice; a request that met one has not been answered at all.
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
    return new Response(answer.body && streamOf(answer.body, url, upstream), {
      status: answer.status,
      headers: passedHeaders(answer.headers),
    });
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

/** The upstream's body; ends the upstream request when the browser goes, which on Lambda only `cancel` tells. */
function streamOf(body: ReadableStream<Uint8Array>, url: URL, upstream: AbortController) {
  const reader = body.getReader();
  // Server-sent events would outlive the session check by far. The client opens a new stream when one ends.
  const sse = ["live_sse", "experimental_live_sse"].some((name) => url.searchParams.get(name) === "true");
  const timer = sse ? setTimeout(() => reader.cancel(), longPollSeconds * 1000) : undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(new Error(`shape: Electric's answer broke off (${causeOf(error)})`));
      }
      clearTimeout(timer);
    },
    cancel() {
      clearTimeout(timer);
      upstream.abort();
    },
  });
}

/**
 * Only headers of the protocol, in ASCII. `fetch` has decoded the body, so its encoding and length would be wrong.
 */
function passedHeaders(from: Headers): Headers {
  const headers = new Headers({ "cache-control": uncacheable });
  for (const [name, value] of from) {
    if (name.startsWith("electric-") || ["content-type", "etag", "retry-after"].includes(name))
      headers.set(name, name === "electric-schema" ? asciiJson(value) : value);
  }
  return headers;
}

/** The system's error code, such as ECONNREFUSED. Messages are left out: they can hold the URL and so the secret. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error) return "code" in cause ? String(cause.code) : cause.name;
  return "unknown";
}
