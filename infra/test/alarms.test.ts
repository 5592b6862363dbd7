import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { ensurePlatform } from "../tools/platform.ts";
import { replicationMetrics } from "../watch/replication.ts";
import { dryRun, type Registered } from "./dry-run.ts";
import { statementsOf } from "./policies.ts";
import { all, leaksOf, one, record } from "./registered.ts";

/** The alarms that the page on operations has a row for. */
const documented = [
  ...readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8").matchAll(
    /^\| `([a-z-]+)` \|/gm,
  ),
].map(([, key]) => key);
const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
const address = "alarms@example.com";

beforeAll(() => void ensurePlatform(), 600_000);

describe("the alarms of production, with the API in containers", () => {
  let resources: Registered[];
  beforeAll(() => {
    resources = dryRun({
      stage: "production",
      environment: {
        TRACER_API: "service",
        TRACER_DOMAIN: "example.com",
        TRACER_ALARM_EMAIL: address,
        TRACER_BUDGET: "250",
      },
    });
  });
  const only = (type: string, name?: RegExp) => one(resources, type, name);
  const alarms = () =>
    all(resources, alarm).map(({ name, inputs }) => ({ key: name.replace(/^Alarm-/, ""), inputs }));

  test("write to the address, when they go off and when all is well again", () => {
    const topic = only("aws:sns/topic:Topic");
    expect(only("aws:sns/topicSubscription:TopicSubscription").inputs).toMatchObject({
      protocol: "email",
      endpoint: address,
      topic: expect.stringContaining(topic.name),
    });
    for (const { key, inputs } of alarms()) {
      const actions = [expect.stringContaining(topic.name)];
      expect(inputs, key).toMatchObject({ alarmActions: actions, okActions: actions });
    }
  });

  test("each have a row in the page on operations that says what to do", () => {
    expect(alarms().length).toBeGreaterThan(8);
    expect(documented).toEqual(expect.arrayContaining(alarms().map(({ key }) => key)));
  });

  test("look at metrics that something makes", () => {
    const counted = all(resources, "aws:cloudwatch/logMetricFilter:LogMetricFilter").map(
      ({ inputs }) => record(inputs.metricTransformation).name,
    );
    const watched = Object.values(replicationMetrics).map(({ name }) => name);
    const own = alarms().filter(({ inputs }) => !String(inputs.namespace).startsWith("AWS/"));
    expect(own.length).toBeGreaterThan(6);
    for (const { key, inputs } of own) expect([...counted, ...watched], key).toContain(inputs.metricName);
    const logs = ["WebServer", "/api"];
    const groups = all(resources, "aws:cloudwatch/logMetricFilter:LogMetricFilter").map(({ inputs }) =>
      String(inputs.logGroupName),
    );
    expect(new Set(groups).size).toBe(logs.length);
    for (const log of logs) expect(groups.filter((group) => group.includes(log))).toHaveLength(3);
  });

  test("count lines of the log by the names that the app writes", () => {
    const sources = ["http/log-request.ts", "log-failure.ts", "log/security-event.ts"]
      .map((path) => new URL(`../../packages/web/src/lib/server/${path}`, import.meta.url))
      .map((path) => readFileSync(path, "utf8"))
      .join();
    const patterns = all(resources, "aws:cloudwatch/logMetricFilter:LogMetricFilter").map(({ inputs }) =>
      String(inputs.pattern),
    );
    const events = patterns.flatMap((pattern) => /\$\.event = ("[a-z-]+")/.exec(pattern)?.[1] ?? []);
    expect(new Set(events)).toEqual(new Set([`"request"`, `"failure"`, `"sign-in-failed"`]));
    for (const event of events) expect(sources).toContain(event);
    expect(sources).toContain("ms: Math.round(");
    expect(sources).toContain("area, repeated }");
  });

  test("ask the public address from outside whether it can serve people", () => {
    expect(only("aws:route53/healthCheck:HealthCheck").inputs).toMatchObject({
      type: "HTTPS",
      fqdn: "example.com",
      resourcePath: "/api/ready",
    });
    const silent = alarms().filter(({ inputs }) => inputs.treatMissingData === "breaching");
    expect(silent.map(({ key }) => key).sort()).toEqual(["not-ready", "replication-lag"]);
  });

  test("come before the month costs more than the budget", () => {
    const { limitAmount, notifications } = only("aws:budgets/budget:Budget").inputs;
    expect(limitAmount).toBe("250");
    expect(notifications).toEqual([
      expect.objectContaining({
        notificationType: "ACTUAL",
        threshold: 80,
        subscriberEmailAddresses: [address],
      }),
      expect.objectContaining({ notificationType: "FORECASTED", threshold: 100 }),
    ]);
  });

  test("are on a dashboard, with the curves of the same metrics", () => {
    const { widgets } = JSON.parse(String(only("aws:cloudwatch/dashboard:Dashboard").inputs.dashboardBody));
    expect(widgets[0].properties.alarms).toHaveLength(alarms().length);
    const shown = JSON.stringify(widgets);
    const elsewhere = ["HealthCheckStatus", "CPUUtilization", "ReplicationSlots", "UnreadReplicationSlots"];
    for (const { inputs } of alarms().filter(
      ({ inputs: { metricName } }) => !elsewhere.includes(`${metricName}`),
    ))
      expect(shown).toContain(`"${inputs.metricName}"`);
  });

  test("know of the replication slot by a function that has the app's rights in Postgres and none in AWS", () => {
    const watch = only("aws:lambda/function:Function", /^ReplicationWatch/).inputs;
    expect(watch).toMatchObject({ timeout: 30, memorySize: 128, architectures: ["arm64"] });
    expect(only("aws:scheduler/schedule:Schedule").inputs.scheduleExpression).toBe("rate(5 minutes)");
    const role = only("aws:iam/role:Role", /^ReplicationWatchHandler/);
    // AWS may run the function. The function itself may do nothing.
    expect(statementsOf([role]).map(({ actions }) => actions)).toEqual([["sts:AssumeRole"]]);
    expect(role.inputs.managedPolicyArns).toEqual([expect.stringMatching(/AWSLambdaBasicExecutionRole$/)]);
    expect(leaksOf(resources)).toEqual([]);
  });
});
