import { keepAlive } from "~/lib/server/http/keep-alive";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { endWhenStopping } from "~/lib/server/http/stopping";
import { firstByteSeconds } from "~/lib/server/limits";
import { logProblem } from "~/lib/server/log-failure";
import { uncacheable } from "~/lib/wire/caching";
import { asciiJson } from "./ascii-json";
import { logDefinitionRefusal } from "./definition-refusal";
import { causeOf, type ElectricAnswer, ElectricRequest } from "./electric-request";
import { emptyPoll } from "./empty-poll";

/** The statuses that concern the client's own request and that Electric's client handles. */
const clientsOwn = new Set([200, 304, 400, 409, 429]);

/** What is read of the browser's request. */
type Asking = Pick<Request, "signal"> & { readonly headers: Pick<Headers, "get"> };

/** The statuses of an address that is too long for Electric. */
const tooLong = new Set([414, 431]);

/**
 * Sends a shape request to Electric and streams the answer to the browser.
 *
 * @param url the complete upstream URL, including the secret, in ASCII
 * @param request the browser's request. When its signal aborts, the upstream request ends too
 */
export async function forwardShape(url: string, request: Asking): Promise<Response> {
  const forwarded = new ForwardedShape(url, request.headers.get("if-none-match"));
  if (request.signal.aborted) forwarded.giveUp();
  request.signal.addEventListener("abort", () => forwarded.giveUp(), { once: true });
  const answer = await forwarded.answer;
  if (forwarded.streams && answer.body) keepAlive(request, answer.body);
  return answer;
}

const givenUp = new Error("nobody waits for the answer");
const stopped = new Error("the server stops");
const tooLate = new Error("no answer in time");

/**
 * A shape request that Electric has to answer.
 *
 * The answer keeps its status, body and `electric-*` headers. The caching headers are replaced, because Electric's are
 * meant for a cache that serves the same answer to all clients. A failure becomes a plain 502, 503 or 504 with
 * `retry-after`, so that neither Electric's address nor the secret reaches the browser or the log.
 */
export class ForwardedShape {
  /** The answer for the browser. Never rejects. */
  readonly answer: Promise<Response>;
  #sent: ElectricRequest | undefined;
  /** Why the request was ended, if it was. */
  #ending: Error | undefined;
  #streams = false;

  /**
   * @param url the complete upstream URL, including the secret, in ASCII
   * @param etag of the answer that the browser holds
   */
  constructor(url: string, etag: string | null) {
    this.answer = this.#ask(url, etag);
  }

  /** True when the body of the answer is still coming. */
  get streams(): boolean {
    return this.#streams;
  }

  /** Ends the request to Electric, because nobody waits for the answer any more. */
  giveUp(): void {
    this.#end(givenUp);
  }

  #end(reason: Error): void {
    this.#ending ??= reason;
    this.#sent?.end(reason);
  }

  async #ask(url: string, etag: string | null): Promise<Response> {
    const goOn = isLive(url) ? endWhenStopping(() => this.#end(stopped)) : undefined;
    const timer = setTimeout(() => this.#end(tooLate), firstByteSeconds * 1000);
    try {
      this.#sent = new ElectricRequest(url, etag);
      if (this.#ending) this.#sent.end(this.#ending);
      const answer = await this.#sent.answer;
      this.#streams = answer.body instanceof ReadableStream;
      return await passedOn(answer);
    } catch (error) {
      return this.#refuse(url, error);
    } finally {
      clearTimeout(timer);
      goOn?.();
    }
  }

  #refuse(url: string, error: unknown): Response {
    if (this.#ending === tooLate) return refusal(504, "The sync service did not answer in time.", retryAfter);
    if (this.#ending === stopped) return emptyPoll(new URL(url).searchParams);
    if (this.#ending === givenUp) return refusal(499, "The request was given up.");
    logProblem("shape", `Electric cannot be reached (${causeOf(error)})`);
    return refusal(503, "The sync service cannot be reached at the moment.", retryAfter);
  }
}

function isLive(url: string): boolean {
  return /[?&]live=true(?:&|$)/.test(url);
}

/** Makes the answer for the browser. */
async function passedOn({ status, headers, body }: ElectricAnswer): Promise<Response> {
  if (!clientsOwn.has(status)) {
    if (body instanceof ReadableStream) await body.cancel();
    // The client chose a handle or an offset of thousands of characters.
    if (tooLong.has(status)) return refusal(414, "This request is too long.");
    logProblem("shape", `Electric answered ${status}`);
    return status >= 500
      ? refusal(503, "The sync service is not available at the moment.", retryAfter)
      : refusal(502, "The sync service refused the request.", retryAfter);
  }
  const options = { status, headers: passedHeaders(headers) };
  const answer = new Response(status === 304 ? null : decoded(body, headers["content-encoding"]), options);
  if (status !== 400) return answer;
  const text = await answer.text();
  logDefinitionRefusal(text);
  return new Response(text, options);
}

/** Undoes a compression that nobody asked for, as a proxy before Electric may apply. */
function decoded(body: ElectricAnswer["body"], encoding: string | undefined): BodyInit {
  if (encoding !== "gzip") return body;
  const stream = new Response(body).body as ReadableStream<Uint8Array<ArrayBuffer>>;
  return stream.pipeThrough(new DecompressionStream("gzip"));
}

/**
 * Selects the headers of the protocol, in ASCII. `content-encoding` and `content-length` are left out, because the body
 * is decoded.
 */
function passedHeaders(from: ElectricAnswer["headers"]): Headers {
  const headers = new Headers({ "cache-control": uncacheable });
  for (const [name, value] of Object.entries(from)) {
    if (name.startsWith("electric-") || ["content-type", "etag", "retry-after"].includes(name))
      headers.set(name, name === "electric-schema" ? asciiJson(value) : value);
  }
  return headers;
}
