import { once } from "node:events";
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { keepAlive } from "~/lib/server/http/keep-alive";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { endWhenStopping } from "~/lib/server/http/stopping";
import { firstByteSeconds } from "~/lib/server/limits";
import { logProblem } from "~/lib/server/log-failure";
import { uncacheable } from "~/lib/wire/caching";
import { asciiJson } from "./ascii-json";
import { logDefinitionRefusal } from "./definition-refusal";
import { emptyPoll } from "./empty-poll";

/** The statuses that concern the client's own request and that Electric's client handles. */
const passedOn = new Set([200, 304, 400, 409, 429]);

/** What is read of the browser's request. */
type Asking = Pick<Request, "signal"> & { readonly headers: Pick<Headers, "get"> };

/** The statuses of an address that is too long for Electric. */
const tooLong = new Set([414, 431]);

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
export async function forwardShape(url: URL, request: Asking): Promise<Response> {
  const upstream = new AbortController();
  const abort = () => upstream.abort();
  if (request.signal.aborted) abort();
  request.signal.addEventListener("abort", abort, { once: true });

  const stopped = new Error("the server stops");
  const isLive = url.searchParams.get("live") === "true";
  const goOn = isLive ? endWhenStopping(() => upstream.abort(stopped)) : undefined;

  const tooLate = new Error("no answer in time");
  const timer = setTimeout(() => upstream.abort(tooLate), firstByteSeconds * 1000);
  try {
    const asked = { signal: upstream.signal, etag: request.headers.get("if-none-match") };
    const answer = await askElectric(url, { ...asked, agent: agentFor(url) }).catch((error: unknown) => {
      // Electric closes idle connections without notice. A request over such a connection fails without an answer.
      if (upstream.signal.aborted) throw error;
      return askElectric(url, { ...asked, agent: false });
    });
    const { statusCode: status = 502 } = answer;
    if (!passedOn.has(status)) {
      answer.destroy();
      // The client chose a handle or an offset of thousands of characters.
      if (tooLong.has(status)) return refusal(414, "This request is too long.");
      logProblem("shape", `Electric answered ${status}`);
      return status >= 500
        ? refusal(503, "The sync service is not available at the moment.", retryAfter)
        : refusal(502, "The sync service refused the request.", retryAfter);
    }
    const options = { status, headers: passedHeaders(answer) };
    if (status === 400) {
      const body = await text(decoded(answer));
      logDefinitionRefusal(body);
      return new Response(body, options);
    }
    const body = status === 304 ? null : ((await wholeBody(answer)) ?? streamOf(answer, upstream));
    if (body instanceof ReadableStream) keepAlive(request, body);
    return new Response(body, options);
  } catch (error) {
    if (upstream.signal.reason === tooLate)
      return refusal(504, "The sync service did not answer in time.", retryAfter);
    if (upstream.signal.reason === stopped) return emptyPoll(url.searchParams);
    if (request.signal.aborted) return refusal(499, "The request was given up.");
    logProblem("shape", `Electric cannot be reached (${causeOf(error)})`);
    return refusal(503, "The sync service cannot be reached at the moment.", retryAfter);
  } finally {
    clearTimeout(timer);
    goOn?.();
  }
}

/** Each live poll holds a connection, so there is no limit on connections. */
const agents = {
  "http:": new HttpAgent({ keepAlive: true }),
  "https:": new HttpsAgent({ keepAlive: true }),
};

function agentFor({ protocol }: URL): HttpAgent {
  return protocol === "https:" ? agents["https:"] : agents["http:"];
}

/** Sends a request by Node's own client, which takes less time and memory than `fetch`. */
async function askElectric(
  url: URL,
  { signal, etag, agent }: { signal: AbortSignal; etag: string | null; agent: HttpAgent | false },
): Promise<IncomingMessage> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  const headers = etag === null ? {} : { "if-none-match": etag };
  signal.throwIfAborted();
  const sent = send(url, { agent, headers }).end();
  // `once` hears of an error before the answer. A later error also reaches the reader of the body.
  sent.on("error", () => {});
  // With the option `signal`, Node would end the connection with an error that nobody hears when the answer is complete.
  const end = () => sent.destroy();
  signal.addEventListener("abort", end, { once: true });
  sent.once("close", () => signal.removeEventListener("abort", end));
  const [answer]: IncomingMessage[] = await once(sent, "response");
  if (!answer) throw new Error("no answer");
  answer.on("error", () => {});
  return answer;
}

/** Returns the body of an answer that has arrived in one piece, as small answers do, without the cost of a stream. */
async function wholeBody(answer: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (answer.headers["content-encoding"]) return undefined;
  await setImmediate();
  if (!answer.complete) return undefined;
  const body: Uint8Array<ArrayBuffer> | null = answer.read();
  // Reaches the end of the answer, so that the connection serves the next request.
  answer.resume();
  return body ?? new Uint8Array();
}

/** Passes on the upstream body. On Lambda only `cancel` reports that the browser has gone, and ends the request. */
function streamOf(answer: IncomingMessage, upstream: AbortController): ReadableStream<Uint8Array> {
  const chunks = decoded(answer)[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next();
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

/** Undoes a compression that nobody asked for, as a proxy before Electric may apply. */
function decoded(answer: IncomingMessage): Readable {
  if (answer.headers["content-encoding"] !== "gzip") return answer;
  return pipeline(answer, createGunzip(), () => {});
}

/**
 * Selects the headers of the protocol, in ASCII. `content-encoding` and `content-length` are left out, because the body
 * is decoded.
 */
function passedHeaders({ headers: from }: IncomingMessage): Headers {
  const headers = new Headers({ "cache-control": uncacheable });
  for (const [name, value] of Object.entries(from)) {
    if (typeof value !== "string") continue;
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
