import { beforeAll, describe, expect, test } from "vitest";
import { serviceSettings } from "../../packages/e2e/src/cloudfront/settings.ts";
import { ensurePlatform } from "../tools/platform.ts";
import { dryRun, type Registered, secrets } from "./dry-run.ts";
import { all, behaviourOf, leaksOf, one, picturesRights, record, rightsToBuckets } from "./registered.ts";
import { distributionOf } from "./stand-in.ts";

/** How long a dry run may take before it counts as hanging, in milliseconds. */
const dryRunTimeout = 150_000;

beforeAll(() => void ensurePlatform(), 600_000);

describe.each(["ada", "pr-12", "production"])("the API in containers, at %s", (stage) => {
  let resources: Registered[];
  beforeAll(() => {
    resources = dryRun({ stage, environment: { TRACER_API: "service" } });
  }, dryRunTimeout);
  const only = (type: string, name?: RegExp) => one(resources, type, name);
  const container = () => {
    const [definition, ...others] = JSON.parse(
      String(only("aws:ecs/taskDefinition:TaskDefinition").inputs.containerDefinitions),
    );
    expect(others).toEqual([]);
    return record(definition);
  };

  test("CloudFront sends the API to the containers and pages to Lambda, at one address, and keeps neither", () => {
    const api = behaviourOf("/api/line", resources);
    const page = behaviourOf("/profile", resources);
    expect(api.targetOriginId).toBe("api");
    expect(page.targetOriginId).toBe("default");
    expect(api.cachePolicyId).toBe(page.cachePolicyId);
    expect(api.lambdaFunctionAssociations).toEqual([]);
    expect(all(resources, "aws:cloudfront/distribution:Distribution")).toHaveLength(1);
  });

  test("CloudFront waits longer than a line is silent, and names the client's address", () => {
    const origins = only("aws:cloudfront/distribution:Distribution").inputs.origins as Record<
      string,
      unknown
    >[];
    const api = origins.find(({ originId }) => originId === "api");
    expect(record(api?.vpcOriginConfig).originReadTimeout).toBe(60);
    const code = String(only("aws:cloudfront/function:Function", /^ApiRequest/).inputs.code);
    expect(code).toContain(`event.request.headers["x-tracer-client-ip"] = { value: event.viewer.ip };`);
    const handler = new Function(`${code}; return handler;`)();
    const request = { headers: { "x-tracer-client-ip": { value: "forged" } } };
    const viewed = { request, viewer: { ip: "192.0.2.1" }, context: { requestId: "request-1" } };
    expect(handler(viewed).headers).toEqual({
      "x-tracer-client-ip": { value: "192.0.2.1" },
      "x-request-id": { value: "request-1" },
    });
  });

  test("the end-to-end tests stand in for this distribution", () => {
    expect(distributionOf(resources)).toEqual(serviceSettings);
  });

  test("only CloudFront reaches the load balancer, which has no public address", () => {
    expect(only("aws:lb/loadBalancer:LoadBalancer").inputs.internal).toBe(true);
    const { ingress } = only("aws:ec2/securityGroup:SecurityGroup", /^Balancer/).inputs;
    expect(ingress).toEqual([
      {
        protocol: "tcp",
        fromPort: 80,
        toPort: 80,
        prefixListIds: ["list of com.amazonaws.global.cloudfront.origin-facing"],
      },
    ]);
  });

  test("the containers get the links that the function gets, from encrypted parameters, and nothing in the clear", () => {
    const links = container().secrets as { name: string; valueFrom: string }[];
    const parameters = all(resources, "aws:ssm/parameter:Parameter", /Link$/);
    expect(links.map(({ name }) => name.replace("SST_RESOURCE_", "")).sort()).toEqual([
      "AuthSecret",
      "Database",
      "Pictures",
      "Site",
      "SyncEngine",
    ]);
    expect(parameters.map(({ inputs }) => inputs.type)).toEqual(links.map(() => "SecureString"));
    const values = parameters.map(({ inputs }) => String(inputs.value)).join();
    const { SST_SECRET_ElectricDatabasePassword: ofElectric, ...needed } = secrets;
    for (const secret of Object.values(needed)) expect(values).toContain(secret);
    expect(values).not.toContain(ofElectric);
    const environment = container().environment as { name: string; value: string }[];
    expect(environment).toEqual([
      { name: "LINKS_VERSION", value: "7.7.7.7.7" },
      { name: "SST_RESOURCE_App", value: JSON.stringify({ name: "tracer", stage }) },
    ]);
    expect(leaksOf(resources)).toEqual([]);
  });

  test("the containers are the image of this repository on arm, and cannot write their file system", () => {
    const task = only("aws:ecs/taskDefinition:TaskDefinition").inputs;
    expect(record(task.runtimePlatform).cpuArchitecture).toBe("ARM64");
    expect(container().readonlyRootFilesystem).toBe(true);
    expect(only("aws:ecs/service:Service").inputs.enableExecuteCommand).toBe(false);
    const image = only("docker-build:index:Image").inputs;
    expect(image.platforms).toEqual(["linux/arm64"]);
  });

  test("the role that starts a container reads the five links and no other parameter or secret", () => {
    const policies = only("aws:iam/role:Role", /^ApiExecutionRole/).inputs.inlinePolicies as {
      policy: string;
    }[];
    const [statement, ...others] = policies.flatMap(({ policy }) => JSON.parse(policy).Statement);
    expect(others).toEqual([]);
    expect(statement.Action).toBe("ssm:GetParameters");
    expect(statement.Resource.map((arn: string) => arn.split(":").at(-1))).toEqual([
      "DatabaseLink",
      "SyncEngineLink",
      "AuthSecretLink",
      "SiteLink",
      "PicturesLink",
    ]);
  });

  test("a container reads, writes and lists pictures, and has no other right to a bucket", () => {
    expect(rightsToBuckets(resources, /^ApiTaskRole/)).toEqual(picturesRights);
  });

  test("a container gets requests once its health says so, and a deployment that fails rolls back", () => {
    expect(record(only("aws:lb/targetGroup:TargetGroup").inputs.healthCheck).path).toBe("/api/health");
    expect(only("aws:ecs/service:Service").inputs.deploymentCircuitBreaker).toEqual({
      enable: true,
      rollback: true,
    });
    // The deployment waits, so the person who deploys hears of the failure.
    expect(only("aws:ecs/service:Service").inputs.waitForSteadyState).toBe(true);
    const { minCapacity, maxCapacity } = only("aws:appautoscaling/target:Target").inputs;
    expect([minCapacity, maxCapacity]).toEqual(stage === "production" ? [2, 60] : [1, 2]);
  });
});

describe("the setting", { timeout: 2 * dryRunTimeout }, () => {
  test("is the function by default, which makes no network, no containers and no further origin", () => {
    const resources = dryRun({ stage: "ada" });
    const types = resources
      .map(({ type }) => type)
      .filter((type) => /^aws:(?:ecs|lb|ec2|appautoscaling)\//.test(type));
    expect(types).toEqual([]);
    expect(behaviourOf("/api/line", resources).targetOriginId).toBe("default");
  });

  test("that is misspelt stops the deployment", () => {
    expect(() => dryRun({ stage: "ada", environment: { TRACER_API: "containers" } })).toThrow(
      `TRACER_API is "function" or "service", not "containers".`,
    );
  });

  test("makes no containers under sst dev", () => {
    const resources = dryRun({ stage: "ada", dev: true, environment: { TRACER_API: "service" } });
    expect(all(resources, "aws:lb/loadBalancer:LoadBalancer")).toEqual([]);
  });
});
