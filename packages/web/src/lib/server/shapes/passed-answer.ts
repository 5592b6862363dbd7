import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { logProblem } from "~/lib/server/log-failure";
import { uncacheable } from "~/lib/wire/caching";
import type { Answer } from "~/lib/wire/line";
import { asciiJson } from "./ascii-json";
import { logDefinitionRefusal } from "./definition-refusal";
import { causeOf, type ElectricAnswer } from "./electric-request";
import { emptyPoll } from "./empty-poll";

/** The statuses that concern the client's own request and that Electric's client handles. */
const clientsOwn = new Set([200, 304, 400, 409, 429]);

/** The statuses of an address that is too long for Electric. */
const tooLong = new Set([414, 431]);

/** Why this server ended a request to Electric. */
export const endings = {
  givenUp: new Error("nobody waits for the answer"),
  stopped: new Error("the server stops"),
  tooLate: new Error("no answer in time"),
};

/** Refuses what does not concern the client. Undefined when the client gets Electric's own answer. */
export async function refusalOf({ status, body }: ElectricAnswer): Promise<Response | undefined> {
  if (clientsOwn.has(status)) return undefined;
  if (body instanceof ReadableStream) await body.cancel();
  // The client chose a handle or an offset of thousands of characters.
  if (tooLong.has(status)) return refusal(414, "This request is too long.");
  logProblem("shape", `Electric answered ${status}`);
  return status >= 500
    ? refusal(503, "The sync service is not available at the moment.", retryAfter)
    : refusal(502, "The sync service refused the request.", retryAfter);
}

/**
 * Makes the answer to a request that Electric has not answered.
 *
 * @param error one of {@link endings}, or the failure of the request
 * @param address what Electric was asked
 */
export function answerWithout(error: unknown, address: string): Response {
  if (error === endings.tooLate) return refusal(504, "The sync service did not answer in time.", retryAfter);
  if (error === endings.stopped) return emptyPoll(new URL(address).searchParams);
  if (error === endings.givenUp) return refusal(499, "The request was given up.");
  logProblem("shape", `Electric cannot be reached (${causeOf(error)})`);
  return refusal(503, "The sync service cannot be reached at the moment.", retryAfter);
}

/** Makes Electric's answer a whole one in memory. @throws when the answer breaks off */
export async function wholeAnswer(answer: ElectricAnswer): Promise<Answer> {
  const { status, headers } = answer;
  const body = await textOf(answer);
  if (status === 400) logDefinitionRefusal(body);
  return { status, headers: passedHeaders(headers), body };
}

/** Makes Electric's answer one over HTTP, whose body may still be coming. */
export function passedOn(answer: ElectricAnswer): Response {
  const { status, headers } = answer;
  return new Response(status === 304 ? null : decoded(answer), { status, headers: passedHeaders(headers) });
}

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
