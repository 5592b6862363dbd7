import type { Settings } from "../../packages/e2e/src/cloudfront/settings.ts";
import type { Registered } from "./dry-run.ts";
import { type Behaviour, link, one, record } from "./registered.ts";

/** Reads a distribution as the stand-in for CloudFront of the end-to-end tests has it. */
export function distributionOf(resources: Registered[]): Settings {
  const { inputs } = one(resources, "aws:cloudfront/distribution:Distribution");
  const behaviours = [
    ...(inputs.orderedCacheBehaviors as Behaviour[]),
    inputs.defaultCacheBehavior as Behaviour,
  ];
  const errors = inputs.customErrorResponses as { errorCode: number; errorCachingMinTtl: number }[];
  return {
    behaviours: behaviours.map((one) => ({
      pattern: one.pathPattern ?? "*",
      cachePolicyId: one.cachePolicyId,
      originRequestPolicyId: one.originRequestPolicyId,
      origin: one.targetOriginId === "api" ? "api" : "site",
      signsBodies: one.lambdaFunctionAssociations.length > 0,
    })),
    readTimeout: readTimeoutOf(resources),
    errorSeconds: Object.fromEntries(
      errors.map(({ errorCode, errorCachingMinTtl }) => [errorCode, errorCachingMinTtl]),
    ),
    clientAddressHeader: String(link(resources, "Site").clientAddressHeader),
  };
}

/** How long CloudFront waits for the function, in seconds. The same number stands at the containers' origin. */
function readTimeoutOf(resources: Registered[]): number {
  const { entries } = one(resources, "pulumi-nodejs:dynamic:Resource", /KvKeys/).inputs;
  return JSON.parse(String(record(entries).metadata)).origin.timeouts.readTimeout;
}
