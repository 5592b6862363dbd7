import { apiOrigin } from "./balancer.ts";
import { firewall } from "./firewall.ts";
import { domain } from "./stage.ts";

// The ids of CloudFront's managed policies, which are the same in every account:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html.
const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/** The errors that CloudFront would keep for ten seconds and give to everybody, whatever `cache-control` says. */
const errors = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504];

/** The header in which CloudFront names the client. */
export const clientAddressHeader = "x-tracer-client-ip";

/**
 * Sets the client's address, by which attempts to sign in are counted, and the request's id, which stands in the logs of
 * CloudFront and of the app. Both replace a header that a client sends.
 */
const setClientHeaders = `
  event.request.headers["${clientAddressHeader}"] = { value: event.viewer.ip };
  event.request.headers["x-request-id"] = { value: event.context.requestId };`;

/**
 * CloudFront in front of everything. It is a resource of its own, so that the app can be given its own address. Under
 * `sst dev` the app runs on the developer's machine and needs no CloudFront.
 */
export const router = $dev
  ? undefined
  : new sst.aws.Router("Router", {
      domain,
      // Without this the function's own URL answers anybody who finds it, past CloudFront. The variant without edge
      // signing would refuse each POST whose client does not hash the body.
      protection: "oac-with-edge-signing",
      edge: { viewerRequest: { injection: setClientHeaders } },
      ...firewall,
      transform: { ...firewall?.transform, cdn: neverShareAnswers },
    });

/**
 * SST's default policy leaves cookies out of the cache key, so one user's answer could be served to another. Here
 * CloudFront caches nothing that the function answers. It caches only files whose names carry a hash of their content.
 */
function neverShareAnswers(cdn: sst.aws.CdnArgs): undefined {
  // Browsers on networks that lose packets profit from HTTP/3. The others go on with HTTP/2.
  cdn.transform = { distribution: { httpVersion: "http2and3" } };
  const responseHeadersPolicyId = fileHeaders().id;
  const uncached = $util
    .output(cdn.defaultCacheBehavior)
    .apply((behaviour) => ({ ...behaviour, cachePolicyId: cachingDisabled, responseHeadersPolicyId }));
  cdn.defaultCacheBehavior = uncached;
  // An error may set the cookies of the person who asked. Caching policies do not apply to errors.
  cdn.customErrorResponses = errors.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 }));
  const added = apiOrigin ? [apiOrigin] : [];
  cdn.origins = $util.output(cdn.origins).apply((origins) => [...origins, ...added]);
  cdn.orderedCacheBehaviors = uncached.apply((behaviour) => [
    // The API has a behaviour of its own, so that a later change of the default does not reach it.
    { ...behaviour, pathPattern: "/api/*", ...(apiOrigin && toContainers()) },
    {
      ...behaviour,
      pathPattern: "/assets/*",
      cachePolicyId: cachingOptimized,
      // These files come from the bucket, which needs no signed body.
      lambdaFunctionAssociations: [],
    },
  ]);
}

/**
 * The headers that the app sends with every answer, for the files that come from the bucket. An answer of the app keeps the
 * headers that the app has set, because the policy overrides none.
 */
function fileHeaders() {
  return new aws.cloudfront.ResponseHeadersPolicy("FileHeaders", {
    name: `${$app.name}-${$app.stage}-files`,
    securityHeadersConfig: {
      contentTypeOptions: { override: false },
      referrerPolicy: { referrerPolicy: "same-origin", override: false },
      strictTransportSecurity: {
        accessControlMaxAgeSec: 63_072_000,
        includeSubdomains: true,
        override: false,
      },
    },
  });
}

/** What differs for a path that containers serve: SST's own functions would send the request to Lambda. */
function toContainers() {
  const viewerRequest = new aws.cloudfront.Function("ApiRequest", {
    runtime: "cloudfront-js-2.0",
    code: `function handler(event) { ${setClientHeaders} return event.request; }`,
  });
  return {
    targetOriginId: "api",
    functionAssociations: [{ eventType: "viewer-request", functionArn: viewerRequest.arn }],
    lambdaFunctionAssociations: [],
  };
}
