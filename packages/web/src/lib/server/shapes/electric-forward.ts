import { keepAlive } from "~/lib/server/http/keep-alive";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { endWhenStopping } from "~/lib/server/http/stopping";
import { answerOf, responseOf } from "~/lib/server/http/whole-answer";
import { firstByteSeconds } from "~/lib/server/limits";
import { logProblem } from "~/lib/server/log-failure";
import { uncacheable } from "~/lib/wire/caching";
import type { Answer } from "~/lib/wire/line";
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
  const forwarded = new ForwardedShape(url, request.headers.get("if-none-match"), asResponse);
  if (request.signal.aborted) forwarded.giveUp();
  request.signal.addEventListener("abort", () => forwarded.giveUp(), { once: true });
  const answer = await forwarded.answer;
  if (forwarded.streams && answer.body) keepAlive(request, answer.body);
  return answer;
}

/** Sends a live poll to Electric. The answer is whole in memory, because the answer may go to many. */
export function forwardPoll(url: string): ForwardedShape<Answer> {
  return new ForwardedShape(url, null, asWhole);
}

const givenUp = new Error("nobody waits for the answer");
const stopped = new Error("the server stops");
const tooLate = new Error("no answer in time");

/** The form in which an answer goes on. */
interface Form<Passed> {
  /** Whether a stop of this process answers the request, as if its time were over without changes. */
  readonly waits: boolean;
  passOn(answer: ElectricAnswer): Passed | Promise<Passed>;
  refuse(refusal: Response): Passed | Promise<Passed>;
}

/**
 * A shape request that Electric has to answer.
 *
 * The answer keeps its status, body and `electric-*` headers. The caching headers are replaced, because Electric's are
 * meant for a cache that serves the same answer to all clients. A failure becomes a plain 502, 503 or 504 with
 * `retry-after`, so that neither Electric's address nor the secret reaches the browser or the log.
 */
export class ForwardedShape<Passed> {
  /** The answer for the browser. Never rejects. */
  readonly answer: Promise<Passed>;
  #sent: ElectricRequest | undefined;
  /** Why the request was ended, if it was. */
  #ending: Error | undefined;
  #streams = false;

  /**
   * @param url the complete upstream URL, including the secret, in ASCII
   * @param etag of the answer that the browser holds
   * @param form the form of the answer
   */
  constructor(url: string, etag: string | null, form: Form<Passed>) {
    this.answer = this.#ask(url, etag, form);
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

  async #ask(url: string, etag: string | null, form: Form<Passed>): Promise<Passed> {
    const goOn = form.waits ? endWhenStopping(() => this.#end(stopped)) : undefined;
    const timer = setTimeout(() => this.#end(tooLate), firstByteSeconds * 1000);
    try {
      this.#sent = new ElectricRequest(url, etag);
      if (this.#ending) this.#sent.end(this.#ending);
      const answer = await this.#sent.answer;
      const refused = await refusalOf(answer);
      if (refused) return await form.refuse(refused);
      this.#streams = answer.body instanceof ReadableStream;
      return await form.passOn(answer);
    } catch (error) {
      return await form.refuse(this.#refusal(url, error));
    } finally {
      clearTimeout(timer);
      goOn?.();
    }
  }

  #refusal(url: string, error: unknown): Response {
    if (this.#ending === tooLate) return refusal(504, "The sync service did not answer in time.", retryAfter);
    if (this.#ending === stopped) return emptyPoll(new URL(url).searchParams);
    if (this.#ending === givenUp) return refusal(499, "The request was given up.");
    logProblem("shape", `Electric cannot be reached (${causeOf(error)})`);
    return refusal(503, "The sync service cannot be reached at the moment.", retryAfter);
  }
}

/** Refuses what does not concern the client. Undefined when the client gets Electric's own answer. */
async function refusalOf({ status, body }: ElectricAnswer): Promise<Response | undefined> {
  if (clientsOwn.has(status)) return undefined;
  if (body instanceof ReadableStream) await body.cancel();
  // The client chose a handle or an offset of thousands of characters.
  if (tooLong.has(status)) return refusal(414, "This request is too long.");
  logProblem("shape", `Electric answered ${status}`);
  return status >= 500
    ? refusal(503, "The sync service is not available at the moment.", retryAfter)
    : refusal(502, "The sync service refused the request.", retryAfter);
}

const asResponse: Form<Response> = {
  waits: false,
  async passOn(answer) {
    const { status, headers } = answer;
    // A definition that Electric refuses is logged, and that takes the text.
    if (status === 400) return responseOf(await asWhole.passOn(answer));
    return new Response(status === 304 ? null : decoded(answer), { status, headers: passedHeaders(headers) });
  },
  refuse: (refused) => refused,
};

const asWhole: Form<Answer> = {
  waits: true,
  async passOn(answer) {
    const { status, headers } = answer;
    const body = await textOf(answer);
    if (status === 400) logDefinitionRefusal(body);
    return { status, headers: passedHeaders(headers), body };
  },
  refuse: answerOf,
};

async function textOf(answer: ElectricAnswer): Promise<string> {
  const body = decoded(answer);
  return body instanceof Uint8Array
    ? Buffer.from(body.buffer, body.byteOffset, body.length).toString()
    : new Response(body).text();
}

/** Undoes a compression that nobody asked for, as a proxy before Electric may apply. */
function decoded({ headers, body }: ElectricAnswer): ElectricAnswer["body"] {
  if (headers["content-encoding"] !== "gzip") return body;
  const stream = new Response(body).body as ReadableStream<Uint8Array<ArrayBuffer>>;
  return stream.pipeThrough(new DecompressionStream("gzip"));
}

/**
 * Selects the headers of the protocol, in ASCII. `content-encoding` and `content-length` are left out, because the body
 * is decoded.
 */
function passedHeaders(from: ElectricAnswer["headers"]): Record<string, string> {
  const headers: Record<string, string> = { "cache-control": uncacheable };
  for (const [name, value] of Object.entries(from)) {
    if (name === "electric-schema") headers[name] = asciiJson(value);
    else if (name.startsWith("electric-") || others.has(name)) headers[name] = value;
  }
  return headers;
}

/** The headers that an answer keeps beside those of Electric's protocol. */
const others = new Set(["content-type", "etag", "retry-after"]);
