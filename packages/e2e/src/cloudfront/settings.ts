/**
 * The settings of the distribution that `infra/router.ts` makes. A test of `infra` compares them with what a deployment
 * registers, for both places where the API may run.
 */

/** What CloudFront does with the requests of some paths. */
export interface Behaviour {
  /** Such as `/api/*`. The default behaviour has `*`. */
  readonly pattern: string;
  readonly cachePolicyId: string;
  readonly originRequestPolicyId: string;
  /** `site`: the bucket for files, the function for all else. `api`: the containers. */
  readonly origin: "site" | "api";
  /** Whether an edge function reads and signs the bodies of requests. Such a function takes a megabyte. */
  readonly signsBodies: boolean;
}

export interface Settings {
  /** The first whose pattern fits serves a request. */
  readonly behaviours: readonly Behaviour[];
  /** How long an origin may be silent before its answer begins, and within the answer, in seconds. */
  readonly readTimeout: number;
  /** How long the answer of a status is kept that CloudFront counts as an error, in seconds, where it is set. */
  readonly errorSeconds: Readonly<Record<number, number>>;
  /** The request header in which the distribution names the client. */
  readonly clientAddressHeader: string;
}

// CloudFront's managed policies, which have the same ids in every account.
const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6";
export const allViewerExceptHost = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

const passesAll = { cachePolicyId: cachingDisabled, originRequestPolicyId: allViewerExceptHost };
const files = {
  pattern: "/assets/*",
  cachePolicyId: cachingOptimized,
  originRequestPolicyId: allViewerExceptHost,
  origin: "site",
  signsBodies: false,
} as const;
const pages = { ...passesAll, pattern: "*", origin: "site", signsBodies: true } as const;

const common = {
  readTimeout: 60,
  errorSeconds: Object.fromEntries(
    [400, 403, 404, 405, 414, 500, 501, 502, 503, 504].map((status) => [status, 0]),
  ),
  clientAddressHeader: "x-tracer-client-ip",
};

/** The API runs on Lambda. */
export const functionSettings: Settings = {
  ...common,
  behaviours: [{ ...pages, pattern: "/api/*" }, files, pages],
};

/** The API runs in containers, and pages on Lambda. */
export const serviceSettings: Settings = {
  ...common,
  behaviours: [{ ...passesAll, pattern: "/api/*", origin: "api", signsBodies: false }, files, pages],
};

/** How CloudFront keys answers, and how long it keeps them. */
export interface CachePolicy {
  /** In seconds: the least, without a word of the origin, and the most. */
  readonly minTtl: number;
  readonly defaultTtl: number;
  readonly maxTtl: number;
  readonly queryInKey: boolean;
  readonly headersInKey: readonly string[];
}

/** SST's policy for the answers of a server, which the distribution does not use: no cookie is part of its key. */
export const sstServerPolicy = "sst-server-cache-policy";

/** The policies by their ids. */
export const cachePolicies: Readonly<Record<string, CachePolicy>> = {
  [cachingDisabled]: { minTtl: 0, defaultTtl: 0, maxTtl: 0, queryInKey: false, headersInKey: [] },
  [cachingOptimized]: {
    minTtl: 1,
    defaultTtl: 86_400,
    maxTtl: 31_536_000,
    queryInKey: false,
    headersInKey: ["accept-encoding"],
  },
  [sstServerPolicy]: {
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: 31_536_000,
    queryInKey: true,
    headersInKey: ["x-forwarded-host", "accept-encoding"],
  },
};
