import { beforeAll, expect, test } from "vitest";
import { ensurePlatform } from "../tools/platform.ts";
import { dryRun, FailedDeployment } from "./dry-run.ts";
import { one, record } from "./registered.ts";
import { codeOfApp } from "./stage-suite.ts";

// This stage has both: a function for the pages, and containers for the API.
const environment = {
  TRACER_API: "service",
  ELECTRIC_REPLICATION_STREAM_ID: "second",
};

beforeAll(() => void ensurePlatform(), 600_000);

test("the migrations run as the owner, by the direct URL, and give the roles their passwords", () => {
  const migration = one(failedMigration().registered, "command:local:Command", /^Migration$/);
  const { create, triggers, environment: given } = migration.inputs;
  expect(create).toBe("npm run --silent db:migrate -- --keep-former");
  expect(triggers).toEqual([expect.any(Number)]);
  const { SST_RESOURCE_DatabaseDirect: direct, SST_RESOURCE_App: app, ...settings } = record(given);
  expect(JSON.parse(String(direct))).toEqual({
    url: "postgresql://tracer:own%2Fpassword@ep-own-1.us-east-1.aws.neon.tech/tracer?sslmode=require",
    appPassword: "the-password-of-the-app",
    electricPassword: "the-password-of-electric",
  });
  expect(JSON.parse(String(app)).stage).toBe("ada");
  expect(settings).toEqual({ ELECTRIC_REPLICATION_STREAM_ID: "second" });
});

test("a migration that fails ends the deployment, which then has replaced no code and no route", () => {
  const { message, registered } = failedMigration();
  expect(message).toContain("The fake cloud fails to make Migration.");
  expect(codeOfApp(registered)).toEqual([]);
  const types = registered.map(({ type }) => type);
  expect(types).toContain("neon:index/project:Project");
  expect(types).not.toContain("docker-build:index:Image");
  expect(registered.filter(({ name }) => /KvKeys|RoutesUpdate|AssetFiles|^Privileges$/.test(name))).toEqual(
    [],
  );
});

let failed: FailedDeployment | undefined;

/** A deployment whose migration fails. */
function failedMigration(): FailedDeployment {
  if (failed) return failed;
  try {
    dryRun({ stage: "ada", environment, fails: "Migration" });
  } catch (error) {
    if (!(error instanceof FailedDeployment)) throw error;
    failed = error;
    return error;
  }
  throw new Error("The deployment has not failed.");
}
