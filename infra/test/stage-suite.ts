import { beforeAll, describe, expect, test } from "vitest";
import { ensurePlatform } from "../tools/platform.ts";
import { dryRun, type Registered } from "./dry-run.ts";
import { statementsOf } from "./policies.ts";
import { all, behaviourOf, leaksOf, one, record } from "./registered.ts";

const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/** What AWS itself maintains: to write a log, and to start a container with its image and log. */
const rolesOfAws = [
  "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
  "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
];

/**
 * What SST allows on every resource: to clear CloudFront's cache, which keeps nothing of the app, and to open a shell, which
 * the service does not offer.
 */
const ofSst = [
  "cloudfront:CreateInvalidation",
  ...["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map(
    (name) => `ssmmessages:${name}`,
  ),
];

/** The resources that run the app's code, by their types. */
const code = [
  "aws:lambda/function:Function",
  "aws:ecs/taskDefinition:TaskDefinition",
  "aws:ecs/service:Service",
];

/** The code of the app among resources. Other functions are the edge's, the watch's and SST's own. */
export function codeOfApp(resources: readonly Registered[]): Registered[] {
  return resources.filter(({ type, name }) => code.includes(type) && /^(?:Web|Api)/.test(name));
}

/** What only a stage with an address for alarms, or with the firewall, makes. */
const extras = [
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:cloudwatch/dashboard:Dashboard",
  "aws:budgets/budget:Budget",
  "aws:route53/healthCheck:HealthCheck",
  "aws:scheduler/schedule:Schedule",
  "aws:wafv2/webAcl:WebAcl",
];

/** A workflow hands over every setting, also those that nobody has given a value. */
const empty = {
  ELECTRIC_REPLICATION_STREAM_ID: "",
  NEON_ORG_ID: "",
  NEON_PROJECT_ID: "",
  TRACER_ALARM_EMAIL: "",
  TRACER_BUDGET: "",
  TRACER_DOMAIN: "",
  TRACER_WAF: "",
};

/** Where the API of a stage runs: the setting `TRACER_API`. */
export type Place = "function" | "service";

/**
 * Registers the tests that hold for every stage. Production has a domain, alarms and the firewall, and a preview a branch of
 * the shared database.
 */
export function testStage(stage: string, place: Place): void {
  beforeAll(() => void ensurePlatform(), 600_000);
  describe(`the stage ${stage} with the API as a ${place}`, () => testsOf(stage, place));
}

function testsOf(stage: string, place: Place): void {
  const production = stage === "production";
  let resources: Registered[];
  beforeAll(() => {
    const environment = {
      ...empty,
      TRACER_API: place,
      TRACER_MAIL_FROM: "mail@example.com",
      ...(stage === "pr-12" && { NEON_PROJECT_ID: "shared" }),
      ...(production && {
        TRACER_DOMAIN: "example.com",
        TRACER_ALARM_EMAIL: "alarms@example.com",
        TRACER_WAF: "on",
      }),
    };
    resources = dryRun({ stage, environment });
  });
  const only = (type: string, name?: RegExp) => one(resources, type, name);

  test("gives the app its links, in containers the same ones, and to nobody the direct address of Postgres", () => {
    const built = record(only("command:local:Command", /^WebBuilder$/).inputs.environment);
    const links = linksIn(Object.keys(built)).filter((name) => name !== "App");
    expect(links).toEqual(expect.arrayContaining(["AuthSecret", "Database", "Mail", "Site", "SyncEngine"]));
    if (place === "service") {
      const [container] = JSON.parse(
        String(only("aws:ecs/taskDefinition:TaskDefinition").inputs.containerDefinitions),
      );
      expect(linksIn(container.secrets.map(({ name }: { name: string }) => name))).toEqual(links);
    }
    const direct = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("DatabaseDirect"));
    expect(direct.map(({ name }) => name)).toEqual(["Migration", "Privileges"]);
  });

  test("migrates before any code of the app comes, and takes privileges away when all of it serves", () => {
    const served = codeOfApp(resources).map((resource) => resources.indexOf(resource));
    expect(served.length).toBe(place === "service" ? 3 : 1);
    const migration = resources.indexOf(only("command:local:Command", /^Migration$/));
    expect(migration).toBeGreaterThan(0);
    expect(Math.min(...served)).toBeGreaterThan(migration);
    const privileges = only("command:local:Command", /^Privileges$/);
    expect(privileges.inputs.create).toBe("npm run --silent db:migrate --");
    const routes = only("pulumi-nodejs:dynamic:Resource", /KvKeys/);
    const last = Math.max(resources.indexOf(routes), ...served);
    expect(resources.indexOf(privileges)).toBeGreaterThan(last);
  });

  test(`has ${production ? "" : "no "}alarms and ${production ? "a" : "no"} firewall, as its settings say`, () => {
    const types = new Set(resources.map(({ type }) => type));
    expect(extras.filter((type) => types.has(type))).toEqual(production ? extras : []);
  });

  test("allows no role every action, and no stranger anything", () => {
    const allowed = statementsOf(resources).filter(({ effect }) => effect !== "Deny");
    expect(allowed.length).toBeGreaterThan(3);
    for (const { of, actions, resources: targets, principals, conditions } of allowed) {
      expect(actions.join(), of).not.toContain("*");
      expect(JSON.stringify(principals), of).not.toContain('"*"');
      if (!conditions && !actions.every((action) => ofSst.includes(action)))
        expect(targets, of).not.toContain("*");
    }
    const roles = all(resources, "aws:iam/role:Role");
    const managed = roles.flatMap(({ inputs }) => (inputs.managedPolicyArns as string[] | undefined) ?? []);
    expect(managed.filter((arn) => !rolesOfAws.includes(arn))).toEqual([]);
    const distribution = only("aws:cloudfront/distribution:Distribution").name;
    for (const { inputs } of all(resources, "aws:lambda/permission:Permission")) {
      expect(inputs.principal).toBe("cloudfront.amazonaws.com");
      expect(inputs.sourceArn).toContain(distribution);
    }
  });

  test("waits longer than a poll of 20 s, in each place where an answer could be cut off", () => {
    expect(only("aws:lambda/function:Function", /^WebServer/).inputs.timeout).toBe(60);
    const routes = record(only("pulumi-nodejs:dynamic:Resource", /KvKeys/).inputs.entries);
    expect(JSON.parse(String(routes.metadata)).origin.timeouts.readTimeout).toBe(60);
    if (place === "service")
      expect(only("aws:lb/targetGroup:TargetGroup").inputs.deregistrationDelay).toBe(30);
  });

  test("takes a setting that is empty for one that is missing", () => {
    const domains = only("aws:cloudfront/distribution:Distribution").inputs.aliases;
    expect(domains).toEqual(production ? ["example.com"] : []);
    const projects = all(resources, "neon:index/project:Project");
    expect(projects).toHaveLength(stage === "pr-12" ? 0 : 1);
    for (const { inputs } of projects) expect(inputs).not.toHaveProperty("orgId");
    const { environment } = only("command:local:Command", /^Migration$/).inputs;
    expect(environment).not.toHaveProperty("ELECTRIC_REPLICATION_STREAM_ID");
  });

  test("keeps nothing of the app at the edge", () => {
    for (const path of ["/", "/profile", "/api/users", "/api/line", "/api/auth/get-session", "/_serverFn/x"])
      expect(behaviourOf(path, resources).cachePolicyId, path).toBe(cachingDisabled);
  });

  test("registers and prints no secret in the clear", () => {
    expect(leaksOf(resources)).toEqual([]);
  });

  test(
    production ? "cannot be removed by mistake, and keeps its data" : "leaves nothing when it is removed",
    () => {
      expect(only("app").inputs).toMatchObject({
        protect: production,
        removal: production ? "retain" : "remove",
        state: { purge: stage === "pr-12" },
      });
      const kept = resources.filter(({ retained }) => retained).map(({ name }) => name);
      // The files of the web app are built again at any time, so their bucket goes.
      if (production) expect(kept).toEqual(expect.arrayContaining(["Postgres", "AccessLogBucket"]));
      else expect(kept).toEqual([]);
      expect(kept).not.toContain("WebAssetsBucket");
      // A bucket that holds files, and a user that has a key, can only be deleted by force.
      const forced = ["aws:s3/bucket:Bucket", "aws:iam/user:User"].flatMap((type) => all(resources, type));
      const pictures = production ? /^PictureBucket/ : /^$/;
      for (const { name, inputs } of forced) expect(inputs.forceDestroy, name).toBe(!pictures.test(name));
      // A group of log lines that AWS makes by itself would stay.
      const functions = all(resources, "aws:lambda/function:Function").filter(
        ({ name }) => !name.startsWith("RouterEdge"),
      );
      const groups = all(resources, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) =>
        String(inputs.name),
      );
      for (const { inputs } of functions)
        expect(groups).toContain(String(record(inputs.loggingConfig).logGroup));
    },
  );
}

function linksIn(variables: readonly string[]): string[] {
  const prefix = "SST_RESOURCE_";
  return variables
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .sort();
}
