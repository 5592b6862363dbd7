import type { IncomingMessage } from "node:http";
import { beforeAllOffset } from "../log/offset.ts";
import type { Headers } from "./headers.ts";
import type { Parameters } from "./parameters.ts";

// How long caches may keep the answers, as Electric has it.

/** What Electric's web framework sends where Electric sets nothing. */
export const privateCaching = "max-age=0, private, must-revalidate";

/** How long a stream of events lasts. */
export const streamMs = 60_000;

/** Caches keep only answers to GET and HEAD. */
function isCacheable(request: IncomingMessage): boolean {
  return request.method === "GET" || request.method === "HEAD";
}

/** How long caches may keep an answer, and how much longer while they ask for a new one, in seconds. */
export const defaultCacheMaxAge = 60;
export const defaultCacheStaleAge = 300;

/**
 * `cache-control` of an answer with a part of a shape's log. The ages that are set are for answers that are neither live
 * nor the first page.
 */
export function logCaching(
  request: IncomingMessage,
  { offset, live, sse }: Parameters,
  ages: { readonly cacheMaxAge: number; readonly cacheStaleAge: number },
): string {
  if (!isCacheable(request)) return "no-cache";
  // Requests that join a stream early can share its answer.
  if (sse) return `public, max-age=${streamMs / 1000 - 1}`;
  if (offset === beforeAllOffset)
    return "public, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746";
  if (live) return "public, max-age=5, stale-while-revalidate=5";
  return `public, max-age=${ages.cacheMaxAge}, stale-while-revalidate=${ages.cacheStaleAge}`;
}

/** `cache-control` of an answer that sends the client to another shape, whose handle may be known. */
export function mustRefetchCaching(request: IncomingMessage, handle: string | undefined): string {
  if (!isCacheable(request)) return "no-cache";
  return `public, max-age=${handle === undefined ? 1 : 60}, must-revalidate`;
}

/** The caching headers of an error, which nobody may keep. */
export function errorCaching(request: IncomingMessage): Headers {
  if (!isCacheable(request)) return { "cache-control": "no-cache" };
  return { "cache-control": "no-store", "surrogate-control": "no-store" };
}
