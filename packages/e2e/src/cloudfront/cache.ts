import type { OutgoingHttpHeaders } from "node:http";
import type { CachePolicy, Settings } from "./settings.ts";

/** An answer that CloudFront keeps, with the cookies that it sets. */
export interface Kept {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
  readonly since: number;
  readonly until: number;
}

/** What CloudFront keeps, by the cache key. */
export class EdgeCache {
  readonly #kept = new Map<string, Kept>();

  find(key: string): Kept | undefined {
    const found = this.#kept.get(key);
    return found && found.until > Date.now() ? found : undefined;
  }

  keep(key: string, seconds: number, answer: Pick<Kept, "status" | "headers" | "body">): void {
    const since = Date.now();
    this.#kept.set(key, { ...answer, since, until: since + seconds * 1000 });
  }
}

/** Computes the cache key of a GET or HEAD: what the policy names, and nothing else. No cookie is part of any key. */
export function cacheKey(
  { queryInKey, headersInKey }: CachePolicy,
  { method, url, headers }: { method: string; url: string; headers: Readonly<Record<string, unknown>> },
): string {
  const path = queryInKey ? url : url.split("?", 1)[0];
  return [method, path, ...headersInKey.map((name) => `${name}=${headers[name] ?? ""}`)].join(" ");
}

/** Errors that CloudFront keeps whatever the origin says, and for how long unless the distribution says otherwise. */
const keptErrors = new Set([404, 414, 500, 501, 502, 503, 504]);
const errorSecondsByDefault = 10;

/** Errors that CloudFront keeps when the origin gives a time. */
const errorsKeptOnDemand = new Set([400, 403, 405, 412, 415]);

const keptAnswers = new Set([200, 203, 204, 300, 301, 302, 307, 308, 410]);

/**
 * Computes how long CloudFront keeps an answer, in seconds. Errors have rules of their own, which no cache policy and no
 * `no-store` of the origin changes:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html.
 */
export function secondsToKeep(
  { minTtl, defaultTtl, maxTtl }: CachePolicy,
  { status, cacheControl = "" }: { status: number; cacheControl: string | undefined },
  errorSeconds: Settings["errorSeconds"],
): number {
  const asked = secondsIn(cacheControl, "s-maxage") ?? secondsIn(cacheControl, "max-age");
  const bounded = asked === undefined ? undefined : Math.min(asked, maxTtl);
  if (keptErrors.has(status)) return Math.max(errorSeconds[status] ?? errorSecondsByDefault, bounded ?? 0);
  if (errorsKeptOnDemand.has(status)) return bounded ?? 0;
  if (!keptAnswers.has(status)) return 0;
  if (/\b(no-store|no-cache|private)\b/.test(cacheControl)) return minTtl;
  return Math.max(minTtl, bounded ?? defaultTtl);
}

function secondsIn(cacheControl: string, directive: string): number | undefined {
  const [, seconds] = new RegExp(`\\b${directive}=(\\d+)`).exec(cacheControl) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
