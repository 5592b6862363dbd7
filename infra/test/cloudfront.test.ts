import { beforeAll, describe, expect, test } from "vitest";
import { everyAnswer } from "../../packages/web/src/lib/server/http/every-answer.ts";
import { ensurePlatform } from "../tools/platform.ts";
import { dryRun, type Registered } from "./dry-run.ts";
import { statementsOf } from "./policies.ts";
import { behaviourOf, one, record } from "./registered.ts";

beforeAll(() => void ensurePlatform(), 600_000);

describe("CloudFront with the firewall", () => {
  let resources: Registered[];
  beforeAll(() => {
    resources = dryRun({ stage: "production", environment: { TRACER_WAF: "on" } });
  });
  const only = (type: string, name?: RegExp) => one(resources, type, name);

  test("speaks HTTP/3, and compresses the files that it may keep", () => {
    expect(only("aws:cloudfront/distribution:Distribution").inputs.httpVersion).toBe("http2and3");
    // The managed policy that caches files also lets CloudFront compress the files.
    expect(behaviourOf("/assets/app-1a2b3c.js", resources)).toMatchObject({
      compress: true,
      cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
    });
  });

  test("adds the headers of every answer of the app to files, and replaces no header that the app has set", () => {
    const policy = only("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy");
    expect(headersOf(record(policy.inputs.securityHeadersConfig))).toEqual(everyAnswer);
    expect(Object.keys(policy.inputs).sort()).toEqual(["name", "securityHeadersConfig"]);
    for (const path of ["/", "/favicon.svg", "/assets/app-1a2b3c.js", "/api/users"])
      expect(behaviourOf(path, resources).responseHeadersPolicyId).toBe(`${policy.name}-id`);
  });

  test("logs each request without its query, its cookies and the page before, for 30 days", () => {
    const { recordFields } = only("aws:cloudwatch/logDelivery:LogDelivery").inputs;
    expect(recordFields).toContain("x-edge-request-id");
    expect(recordFields).toContain("sc-status");
    for (const secret of ["cs-uri-query", "cs(Cookie)", "cs(Referer)"])
      expect(recordFields).not.toContain(secret);
    const distribution = only("aws:cloudfront/distribution:Distribution");
    expect(only("aws:cloudwatch/logDeliverySource:LogDeliverySource").inputs).toMatchObject({
      logType: "ACCESS_LOGS",
      resourceArn: expect.stringContaining(distribution.name),
    });
    // The older kind of log cannot leave the query out.
    expect(distribution.inputs).not.toHaveProperty("loggingConfig");
    const { rules } = only("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs;
    expect(rules).toEqual([expect.objectContaining({ expiration: { days: 30 } })]);
  });

  test("lets the delivery of logs alone write them, and nobody read them over the internet", () => {
    const bucketPolicy = only("aws:s3/bucketPolicy:BucketPolicy", /^AccessLog/);
    const delivery = only("aws:cloudwatch/logDelivery:LogDelivery");
    expect(resources.indexOf(bucketPolicy)).toBeLessThan(resources.indexOf(delivery));
    const allowed = statementsOf([bucketPolicy]).filter(({ effect }) => effect !== "Deny");
    expect(allowed).toEqual([
      expect.objectContaining({
        actions: ["s3:PutObject"],
        resources: [expect.stringMatching(/AccessLogBucket\/AWSLogs\/\*$/)],
        principals: [{ type: "Service", identifiers: ["delivery.logs.amazonaws.com"] }],
        conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: ["123456789012"] }],
      }),
    ]);
    const access = only("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", /^AccessLog/).inputs;
    expect(access).toMatchObject({ blockPublicAcls: true, blockPublicPolicy: true });
  });

  test("asks the firewall, which refuses floods and known attackers, and reads no text that people write", () => {
    const acl = only("aws:wafv2/webAcl:WebAcl");
    expect(only("aws:cloudfront/distribution:Distribution").inputs.webAclId).toContain(acl.name);
    const rules = acl.inputs.rules as { name: string; priority: number; statement: object }[];
    expect(rules.map(({ name }) => name)).toEqual([
      "RateLimitPerIP",
      "AWSManagedRulesKnownBadInputsRuleSet",
      "AWSManagedRulesAmazonIpReputationList",
    ]);
    expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
    const logging = only("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration").inputs;
    expect(logging.redactedFields).toEqual(
      expect.arrayContaining([{ queryString: {} }, { singleHeader: { name: "cookie" } }]),
    );
  });
});

/** The headers that a policy of CloudFront adds. Throws when the policy would replace a header of the app. */
function headersOf(policy: Record<string, unknown>): Record<string, string> {
  const { contentTypeOptions, referrerPolicy, strictTransportSecurity: transport, ...others } = policy;
  expect(others).toEqual({});
  const parts = [contentTypeOptions, referrerPolicy, transport].map(record);
  expect(parts.map(({ override }) => override)).toEqual([false, false, false]);
  const { accessControlMaxAgeSec: seconds, includeSubdomains } = record(transport);
  return {
    "referrer-policy": String(record(referrerPolicy).referrerPolicy),
    "x-content-type-options": "nosniff",
    "strict-transport-security": `max-age=${seconds}${includeSubdomains ? "; includeSubDomains" : ""}`,
  };
}
