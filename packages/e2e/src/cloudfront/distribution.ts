import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { cacheKey, EdgeCache, type Kept, secondsToKeep } from "./cache.ts";
import { headBytes, newRequestId, towardsOrigin, towardsViewer } from "./headers.ts";
import { type Origin, OriginSilent, originClient } from "./origin.ts";
import { type Behaviour, type CachePolicy, cachePolicies, type Settings } from "./settings.ts";

/** CloudFront's limits, in bytes: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html. */
const longestUrl = 8_192;
const longestHead = 20_480;

/** How much of a body an edge function gets, in bytes. SST's function refuses what is longer. */
const longestSignedBody = 1_048_576;

export interface Origins {
  /** Depends on the path, because files come from a bucket. */
  readonly site: (path: string) => Origin;
  readonly api: Origin;
}

/** A request on its way, with what its behaviour decides. */
interface Request {
  readonly method: string;
  readonly url: string;
  readonly id: string;
  readonly behaviour: Behaviour;
  readonly policy: CachePolicy;
  /** What the origin gets. */
  readonly headers: OutgoingHttpHeaders;
}

/** Makes what answers requests as a distribution with these settings does: from the cache, or from an origin. */
export function makeDistribution(settings: Settings, origins: Origins) {
  const cache = new EdgeCache();
  const client = originClient(settings.readTimeout);

  async function serve(from: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    if (Buffer.byteLength(from.url) > longestUrl || headBytes(from.url, from.headers) > longestHead)
      return refuse(response, 413, "The request is too long.");
    const request = read(from, settings);
    const kept = reads(request) ? cache.find(cacheKey(request.policy, request)) : undefined;
    if (kept) return answerFrom(kept, response, request.id);
    const body = await bodyFor(request, from);
    if (!body) return refuse(response, 413, "The body is longer than an edge function may read.");
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const { method, url, headers, behaviour } = request;
    const origin = behaviour.origin === "api" ? origins.api : origins.site(url.split("?", 1)[0] ?? "/");
    const asked = { method, path: url, headers, body, signal: gone.signal };
    const answer = await client.request(origin, asked).catch((error: unknown) => error);
    if (!isAnswer(answer))
      return refuse(response, answer instanceof OriginSilent ? 504 : 502, "The origin did not answer.");
    if (headBytes("", answer.headers) <= longestHead) return passOn(request, answer, response);
    answer.destroy();
    refuse(response, 502, "The origin's head is too long.");
  }

  function passOn(request: Request, answer: IncomingMessage, response: Http2ServerResponse): void {
    const { statusCode: status = 502, headers } = answer;
    const said = { status, cacheControl: headers["cache-control"] };
    const seconds = reads(request) ? secondsToKeep(request.policy, said, settings.errorSeconds) : 0;
    response.writeHead(status, towardsViewer(headers, status >= 400 ? "Error" : "Miss", request.id));
    if (seconds > 0) keepWhole(request, answer, seconds);
    // An answer that breaks off must not look complete.
    answer.on("error", () => breakOff(response));
    answer.pipe(response);
  }

  function keepWhole(request: Request, answer: IncomingMessage, seconds: number): void {
    const { statusCode: status = 502, headers } = answer;
    const pieces: Buffer[] = [];
    answer.on("data", (piece: Buffer) => void pieces.push(piece));
    answer.once("end", () =>
      cache.keep(cacheKey(request.policy, request), seconds, {
        status,
        headers,
        body: Buffer.concat(pieces),
      }),
    );
  }

  return { serve, [Symbol.dispose]: () => client[Symbol.dispose]() };
}

/** Ends an answer so that the browser learns of the failure. */
export function breakOff(response: Http2ServerResponse): void {
  // A request over HTTP/1.1 has no stream of its own.
  if (response.stream) response.stream.close();
  else response.socket?.destroy();
}

function read({ method, url, headers, socket, authority }: Http2ServerRequest, settings: Settings): Request {
  const behaviour =
    settings.behaviours.find(({ pattern }) =>
      url.startsWith(pattern.replace(/\*$/, "/").replace("//", "/")),
    ) ?? settings.behaviours.at(-1);
  const policy = behaviour && cachePolicies[behaviour.cachePolicyId];
  if (!policy) throw new Error(`There is no cache policy for ${url}.`);
  const id = newRequestId();
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const added = {
    [settings.clientAddressHeader]: address,
    "x-request-id": id,
    ...(behaviour.origin === "site" && { "x-forwarded-host": authority || headers.host }),
  };
  return { method, url, id, behaviour, policy, headers: towardsOrigin(headers, { address, id, added }) };
}

function reads({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

/** Gives the body for the origin. Undefined when an edge function cannot read the body whole. */
async function bodyFor(request: Request, from: Http2ServerRequest) {
  if (reads(request)) return Buffer.alloc(0);
  if (!request.behaviour.signsBodies) return from;
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of from) {
    length += piece.length;
    if (length <= longestSignedBody) pieces.push(piece);
  }
  return length > longestSignedBody ? undefined : Buffer.concat(pieces);
}

function isAnswer(value: unknown): value is IncomingMessage {
  return typeof value === "object" && value !== null && "statusCode" in value;
}

function answerFrom({ status, headers, body, since }: Kept, response: Http2ServerResponse, id: string): void {
  const age = String(Math.floor((Date.now() - since) / 1000));
  const shown = towardsViewer(headers, status >= 400 ? "Error" : "Hit", id);
  response.writeHead(status, { ...shown, age });
  response.end(body);
}

function refuse(response: Http2ServerResponse, status: number, words: string): void {
  response.writeHead(status, { "content-type": "text/html", "x-cache": "Error from cloudfront" });
  response.end(words);
}
