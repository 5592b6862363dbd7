import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { functionSettings } from "../../packages/e2e/src/cloudfront/settings.ts";
import { ensurePlatform } from "../tools/platform.ts";
import { dryRun, providerSecrets, type Registered, secrets } from "./dry-run.ts";
import {
  all,
  behaviourOf,
  leaksOf,
  link,
  one,
  picturesRights,
  record,
  rightsToBuckets,
} from "./registered.ts";
import { distributionOf } from "./stand-in.ts";

const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/** How long a dry run may take before it counts as hanging, in milliseconds. */
const dryRunTimeout = 150_000;

// The first time SST's platform is fetched.
beforeAll(() => void ensurePlatform(), 600_000);

describe("production with a domain", () => {
  let resources: Registered[];
  beforeAll(() => {
    const environment = {
      TRACER_DOMAIN: "example.com",
      TRACER_MAIL_FROM: "Tracer <mail@example.com>",
      TRACER_ALARM_EMAIL: "alarms@example.com",
      TRACER_PROVIDERS: "google,github",
    };
    const stored = { ...secrets, ...providerSecrets };
    resources = dryRun({ stage: "production", environment, secrets: stored });
  }, dryRunTimeout);
  const only = (type: string, name?: RegExp) => one(resources, type, name);

  test("the application is told its own address", () => {
    expect(link(resources, "Site").url).toBe("https://example.com");
    expect(only("aws:cloudfront/distribution:Distribution").inputs.aliases).toEqual(["example.com"]);
  });

  test("removing it by mistake is refused, and its data outlive it", () => {
    expect(only("app").inputs).toMatchObject({ protect: true, removal: "retain" });
  });

  test("the build is given its links, and nothing more", () => {
    const build = only("command:local:Command", /^WebBuilder$/);
    const environment = Object.keys(record(build.inputs.environment));
    const links = environment.filter((name) => name.startsWith("SST_RESOURCE_"));
    expect(links.map((name) => name.slice("SST_RESOURCE_".length)).sort()).toEqual([
      "App",
      "AuthSecret",
      "Database",
      "GitHub",
      "Google",
      "Mail",
      "Pictures",
      "Site",
      "SyncEngine",
    ]);
  });

  test("mail goes to SES over TLS, with a password that sends from one address and does nothing else", () => {
    expect(link(resources, "Mail")).toEqual({
      url: "smtps://MailKey-id:smtp%2Fpassword@email-smtp.us-east-1.amazonaws.com:465",
      from: "Tracer <mail@example.com>",
      verification: "required",
    });
    const { policy } = only("aws:iam/userPolicy:UserPolicy").inputs;
    expect(JSON.parse(String(policy)).Statement).toEqual([
      {
        Effect: "Allow",
        Action: "ses:SendRawEmail",
        Resource: "*",
        Condition: { StringEquals: { "ses:FromAddress": "mail@example.com" } },
      },
    ]);
  });

  test("pictures lie in a bucket that nobody else reads, over TLS alone, and that outlives the stage", () => {
    const bucket = /^PictureBucket/;
    expect(link(resources, "Pictures").url).toMatch(/^s3:\/\/[\w-]+\?region=us-east-1$/);
    expect(only("aws:s3/bucket:Bucket", bucket).inputs.forceDestroy).toBe(false);
    expect(only("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", bucket).inputs).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const policy = JSON.parse(String(only("aws:s3/bucketPolicy:BucketPolicy", bucket).inputs.policy));
    expect(policy.statements).toEqual([
      expect.objectContaining({
        effect: "Deny",
        conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
      }),
    ]);
    expect(all(resources, "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", bucket)).toEqual([]);
    expect(rightsToBuckets(resources, /^WebServer.*Role/)).toEqual(picturesRights);
  });

  test("people sign in at the providers that the stage names, with the app's own client", () => {
    for (const name of ["GitHub", "Google"]) {
      expect(link(resources, name)).toEqual({
        clientId: `the-client-at-${name.toLowerCase()}`,
        clientSecret: `the-secret-of-the-client-at-${name.toLowerCase()}`,
      });
    }
  });

  test("the application reaches Postgres through the pooler with the rights of the app, and migrations directly", () => {
    expect(link(resources, "Database")).toMatchObject({
      url: "postgresql://tracer_app:the-password-of-the-app@ep-own-1-pooler.us-east-1.aws.neon.tech/tracer?sslmode=require",
      gateway: "wss://ep-own-1-pooler.us-east-1.aws.neon.tech/v2",
    });
    expect(link(resources, "DatabaseDirect").url).toBe(
      "postgresql://tracer:own%2Fpassword@ep-own-1.us-east-1.aws.neon.tech/tracer?sslmode=require",
    );
  });

  test("Postgres writes a log that Electric can read, and keeps a week of history", () => {
    const project = only("neon:index/project:Project").inputs;
    expect(project).toMatchObject({
      enableLogicalReplication: "yes",
      historyRetentionSeconds: 604_800,
      pgVersion: 17,
    });
  });

  test("a long poll of 20 s ends before the function and CloudFront give up on it", () => {
    expect(only("aws:lambda/function:Function", /^WebServer/).inputs.timeout).toBe(60);
    const routes = record(one(resources, "pulumi-nodejs:dynamic:Resource", /KvKeys/).inputs.entries);
    expect(JSON.parse(String(routes.metadata)).origin.timeouts.readTimeout).toBe(60);
  });

  test("an alarm comes before the account runs as many functions as it may", () => {
    const alarm = only("aws:cloudwatch/metricAlarm:MetricAlarm", /functions-at-once$/).inputs;
    expect(alarm).toMatchObject({ metricName: "ConcurrentExecutions", threshold: 800 });
    expect(readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8")).toContain(
      "| `functions-at-once` |",
    );
  });

  test("answers are streamed, and only CloudFront can ask for them", () => {
    const url = only("aws:lambda/functionUrl:FunctionUrl").inputs;
    expect(url).toMatchObject({ invokeMode: "RESPONSE_STREAM", authorizationType: "AWS_IAM" });
    const callers = all(resources, "aws:lambda/permission:Permission").map(({ inputs }) => inputs.principal);
    expect(new Set(callers)).toEqual(new Set(["cloudfront.amazonaws.com"]));
  });

  test("no other site may read what the function answers", () => {
    expect(only("aws:lambda/functionUrl:FunctionUrl").inputs).not.toHaveProperty("cors");
  });

  test.each([
    "/api/users",
    "/api/trpc/users.update",
    "/api/auth/get-session",
    "/_serverFn/abc",
    "/profile",
    "/",
  ])("CloudFront keeps nothing of %s", (path) => {
    expect(behaviourOf(path, resources).cachePolicyId).toBe(cachingDisabled);
  });

  test("CloudFront and browsers keep the files that carry a hash in their name", () => {
    expect(behaviourOf("/assets/app-1a2b3c.js", resources).cachePolicyId).not.toBe(cachingDisabled);
    const { files } = one(resources, "pulumi-nodejs:dynamic:Resource", /BucketFiles/).inputs;
    const kept = (files as { key: string; cacheControl: string }[]).filter(({ cacheControl }) =>
      /immutable/.test(cacheControl),
    );
    expect(kept.map(({ key }) => key)).toEqual(["assets/app-1a2b3c.js"]);
  });

  test("CloudFront keeps no error, which may carry a cookie of the person who asked", () => {
    const { customErrorResponses } = only("aws:cloudfront/distribution:Distribution").inputs;
    const kept = [404, 414, 500, 501, 502, 503, 504];
    expect(customErrorResponses).toEqual(
      expect.arrayContaining(kept.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 }))),
    );
  });

  test("the end-to-end tests stand in for this distribution", () => {
    expect(distributionOf(resources)).toEqual(functionSettings);
  });

  test("each path goes through the function that routes it and names the client's address", () => {
    for (const path of ["/", "/api/users", "/assets/app.js"]) {
      const events = behaviourOf(path, resources).functionAssociations.map(({ eventType }) => eventType);
      expect(events).toEqual(["viewer-request"]);
    }
    const code = String(only("aws:cloudfront/function:Function").inputs.code);
    expect(code).toContain(`event.request.headers["x-tracer-client-ip"] = { value: event.viewer.ip };`);
    expect(code).toContain(`event.request.headers["x-request-id"] = { value: event.context.requestId };`);
  });

  test("no secret is registered or printed in the clear", () => {
    expect(leaksOf(resources)).toEqual([]);
  });

  test("the committed types name the links that SST would write", () => {
    const types = readFileSync(new URL("../../sst-env.d.ts", import.meta.url), "utf8");
    const typed = [...types.matchAll(/^ {4}"(\w+)": \{\n((?: {6}.*\n)+)/gm)].map(([, name, body]) => ({
      name,
      properties: [...(body ?? "").matchAll(/^ {6}"(\w+)"/gm)]
        .map(([, property]) => property)
        .filter((key) => key !== "type"),
    }));
    const linked = all(resources, "sst:sst:LinkRef").map(({ name, inputs }) => ({
      name: name.replace(/LinkRef$/, ""),
      properties: Object.keys(record(inputs.properties)).sort(),
    }));
    expect(typed).toEqual(linked.sort((a, b) => a.name.localeCompare(b.name)));
  });
});

describe("other stages", { timeout: 2 * dryRunTimeout }, () => {
  test("a stage without a domain is told the address that CloudFront gives it, has a database of its own and leaves nothing", () => {
    const resources = dryRun({ stage: "ada" });
    expect(one(resources, "app").inputs).toMatchObject({ protect: false, removal: "remove" });
    expect(link(resources, "Site").url).toBe("https://d111.cloudfront.net");
    expect(one(resources, "neon:index/project:Project").inputs).toMatchObject({
      name: "tracer-ada",
      historyRetentionSeconds: 21_600,
    });
  });

  test("a stage with a shared project gets a branch of it, below its own name", () => {
    const resources = dryRun({
      stage: "ada",
      environment: { NEON_PROJECT_ID: "shared", TRACER_DOMAIN: "example.com" },
    });
    expect(link(resources, "Site").url).toBe("https://ada.example.com");
    expect(all(resources, "neon:index/project:Project")).toEqual([]);
    expect(one(resources, "neon:index/branch:Branch").inputs).toMatchObject({
      projectId: "shared",
      name: "ada",
    });
    expect(link(resources, "Database").url).toBe(
      "postgresql://tracer_app:the-password-of-the-app@ep-branch-2-pooler.us-east-1.aws.neon.tech/tracer?sslmode=require",
    );
    expect(link(resources, "DatabaseDirect").url).toContain("@ep-branch-2.us-east-1.aws.neon.tech/");
  });
});
