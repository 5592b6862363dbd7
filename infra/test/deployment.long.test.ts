import { beforeAll, expect, test } from "vitest";
import { ensurePlatform } from "../tools/platform.ts";
import { dryRun, secrets } from "./dry-run.ts";
import { all, link, one } from "./registered.ts";

// Stages beside those of `deployment.test.ts`. Each needs a dry run of its own.

beforeAll(() => void ensurePlatform(), 600_000);

test("a stage that names no sender and no provider has neither, and one that names a wrong one stops", () => {
  const resources = dryRun({ stage: "ada" });
  expect(all(resources, "sst:sst:LinkRef", /^Mail/)).toEqual([]);
  expect(all(resources, "aws:iam/user:User")).toEqual([]);
  expect(all(resources, "sst:sst:LinkRef", /^(Google|GitHub)/)).toEqual([]);
  expect(() => dryRun({ stage: "ada", environment: { TRACER_PROVIDERS: "gitlab" } })).toThrow(
    'TRACER_PROVIDERS holds "google", "github" or both',
  );
  expect(() => dryRun({ stage: "ada", environment: { TRACER_MAIL_FROM: "Tracer" } })).toThrow(
    "TRACER_MAIL_FROM holds no e-mail address",
  );
});

test("production never branches from a shared project", () => {
  const resources = dryRun({ stage: "production", environment: { NEON_PROJECT_ID: "shared" } });
  expect(all(resources, "neon:index/branch:Branch")).toEqual([]);
  expect(one(resources, "neon:index/project:Project").inputs.name).toBe("tracer-production");
});

test("sst dev deploys no CloudFront and sends people to the developer's machine", () => {
  const resources = dryRun({ stage: "ada", dev: true });
  expect(link(resources, "Site").url).toBe("http://localhost:3000");
  expect(all(resources, "aws:cloudfront/distribution:Distribution")).toEqual([]);
});

test("a stage whose Electric source is not there yet deploys, and one without a secret for sessions does not", () => {
  const early = dryRun({
    stage: "ada",
    secrets: Object.fromEntries(Object.entries(secrets).filter(([name]) => !name.includes("ElectricSource"))),
  });
  expect(link(early, "SyncEngine")).toEqual({
    url: "https://api.electric-sql.cloud",
    sourceId: "",
    sourceSecret: "",
  });
  expect(() => dryRun({ stage: "ada", secrets: {} })).toThrow("sst secret set AuthSecret");
});
