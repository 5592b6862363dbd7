import { beforeAll, describe, expect, test } from "vitest";
import { ensurePlatform } from "../tools/platform.ts";
import { dryRun, FailedDeployment, type Registered } from "./dry-run.ts";
import { one, record } from "./registered.ts";

/** The resources that run the app's code, by their types. */
const code = [
  "aws:lambda/function:Function",
  "aws:ecs/taskDefinition:TaskDefinition",
  "aws:ecs/service:Service",
];

beforeAll(() => void ensurePlatform(), 600_000);

describe.each(["function", "service"])("the migrations of a deployment, with the API as a %s", (place) => {
  const environment = { TRACER_API: place, ELECTRIC_REPLICATION_STREAM_ID: "second" };
  /** The code of the app. Other functions are the edge's and SST's own. */
  const codeOf = (resources: readonly Registered[]) =>
    resources.filter(({ type, name }) => code.includes(type) && /^(?:Web|Api)/.test(name));

  test("run once before any code of the app, as the owner, by the direct URL, with the passwords of the roles", () => {
    const resources = dryRun({ stage: "ada", environment });
    const migration = one(resources, "command:local:Command", /^Migration$/);
    const served = codeOf(resources).map((resource) => resources.indexOf(resource));
    expect(served.length).toBe(place === "service" ? 3 : 1);
    expect(Math.min(...served)).toBeGreaterThan(resources.indexOf(migration));

    const { create, triggers, environment: given } = migration.inputs;
    expect(create).toBe("npm run --silent db:migrate");
    expect(triggers).toEqual([expect.any(Number)]);
    const { SST_RESOURCE_DatabaseDirect: direct, ...others } = record(given);
    expect(JSON.parse(String(direct))).toEqual({
      url: "postgresql://tracer:own%2Fpassword@ep-own-1.us-east-1.aws.neon.tech/tracer?sslmode=require",
      appPassword: "the-password-of-the-app",
      electricPassword: "the-password-of-electric",
    });
    const { SST_RESOURCE_App: app, ...settings } = others;
    expect(JSON.parse(String(app)).stage).toBe("ada");
    expect(settings).toEqual({ ELECTRIC_REPLICATION_STREAM_ID: "second" });
  });

  test("that fail end the deployment, which then has replaced no code and no route", () => {
    const failed = failureOf(() => dryRun({ stage: "ada", environment, fails: "Migration" }));
    expect(failed.message).toContain("The fake cloud fails to make Migration.");
    expect(codeOf(failed.registered)).toEqual([]);
    const types = failed.registered.map(({ type }) => type);
    expect(types).toContain("neon:index/project:Project");
    expect(types).not.toContain("docker-build:index:Image");
    expect(failed.registered.filter(({ name }) => /KvKeys|KvRoutes|AssetFiles/.test(name))).toEqual([]);
  });
});

function failureOf(deploy: () => unknown): FailedDeployment {
  try {
    deploy();
  } catch (error) {
    if (error instanceof FailedDeployment) return error;
    throw error;
  }
  throw new Error("The deployment has not failed.");
}
