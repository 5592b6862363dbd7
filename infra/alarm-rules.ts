import { edgeMetric, type Metric, ownMetric } from "./metrics.ts";
import { service } from "./service.ts";
import { site } from "./site.ts";

/** When an alarm goes off. */
export interface Alarm {
  /** What has happened, for the mail. `docs/operations.md` says what to do. */
  readonly says: string;
  readonly metric: Metric;
  /** The metric has to be above this value; with `below`, below it. */
  readonly limit: number;
  readonly below?: true;
  /** The length of a period in minutes, and for how many periods in a row the metric has to be beyond the limit. */
  readonly minutes: number;
  readonly periods: number;
  /** Whether a period without a value counts as beyond the limit. */
  readonly missing?: true;
}

const megabyte = 1024 ** 2;

/** The alarms by their names. `docs/operations.md` says what to do at each. */
export function alarmRules(): Record<string, Alarm> {
  return { ...ofRequests(), ...ofReplication(), ...(service ? ofContainers(service) : ofFunction()) };
}

function ofRequests(): Record<string, Alarm> {
  return {
    "errors-at-the-edge": {
      says: "More than 1 % of the answers are errors of the server.",
      metric: edgeMetric("5xxErrorRate", "Average"),
      limit: 1,
      minutes: 5,
      periods: 2,
    },
    "slow-answers": {
      says: "One answer in twenty takes longer than a second to begin.",
      metric: ownMetric("RequestMilliseconds", "p95"),
      limit: 1_000,
      minutes: 5,
      periods: 3,
    },
    "not-ready": {
      says: "The site does not answer, or says at /api/ready that it cannot serve people.",
      metric: {
        namespace: "AWS/Route53",
        name: "HealthCheckStatus",
        dimensions: { HealthCheckId: readyCheck().id },
        statistic: "Minimum",
      },
      limit: 1,
      below: true,
      minutes: 1,
      periods: 2,
      missing: true,
    },
    "repeated-failures": {
      says: "The same failure has occurred more than 100 times within a minute.",
      metric: ownMetric("RepeatedFailures", "Sum"),
      limit: 0,
      minutes: 1,
      periods: 1,
    },
    "guessed-passwords": {
      says: "More than 100 sign-ins have failed within a minute.",
      metric: ownMetric("FailedSignIns", "Sum"),
      limit: 100,
      minutes: 1,
      periods: 1,
    },
  };
}

/** What the function in `infra/watch` says of the replication slot. */
function ofReplication(): Record<string, Alarm> {
  return {
    "replication-lag": {
      says: "Electric is more than 64 MB of the write-ahead log behind, or the database says nothing.",
      metric: ownMetric("ReplicationLag", "Maximum"),
      limit: 64 * megabyte,
      minutes: 5,
      periods: 3,
      missing: true,
    },
    "slot-size": {
      says: "Postgres keeps more than 2 GB of the write-ahead log for Electric.",
      metric: ownMetric("LogKeptForReplication", "Maximum"),
      limit: 2_048 * megabyte,
      minutes: 5,
      periods: 1,
    },
    "unread-slot": {
      says: "Nobody has read a replication slot for a quarter of an hour.",
      metric: ownMetric("UnreadReplicationSlots", "Maximum"),
      limit: 0,
      minutes: 5,
      periods: 3,
    },
    "no-slot": {
      says: "There is no replication slot, so no change reaches a browser.",
      metric: ownMetric("ReplicationSlots", "Maximum"),
      limit: 1,
      below: true,
      minutes: 5,
      periods: 3,
    },
  };
}

/** On Lambda each open page holds a function, and an account may run 1,000 of them. */
function ofFunction(): Record<string, Alarm> {
  return {
    "functions-at-once": {
      says: "More than 800 functions run at once. A new account may run 1,000.",
      metric: {
        namespace: "AWS/Lambda",
        name: "ConcurrentExecutions",
        dimensions: {},
        statistic: "Maximum",
      },
      limit: 800,
      minutes: 1,
      periods: 3,
    },
  };
}

function ofContainers(containers: sst.aws.Service): Record<string, Alarm> {
  const { name, cluster } = containers.nodes.service;
  return {
    "busy-containers": {
      says: "The containers use more than 85 % of their processors, although more containers should have come.",
      metric: {
        namespace: "AWS/ECS",
        name: "CPUUtilization",
        dimensions: {
          // The name stands at the end of the ARN.
          ClusterName: cluster.apply((arn) => arn.split("/").at(-1) ?? arn),
          ServiceName: name,
        },
        statistic: "Average",
      },
      limit: 85,
      minutes: 5,
      periods: 3,
    },
  };
}

/** Asks for `/api/ready` from three places, twice a minute each. */
function readyCheck(): aws.route53.HealthCheck {
  return new aws.route53.HealthCheck("Ready", {
    type: "HTTPS",
    fqdn: $util.output(site.properties.url).apply((url) => new URL(url).hostname),
    resourcePath: "/api/ready",
    port: 443,
    requestInterval: 30,
    failureThreshold: 2,
    regions: ["us-east-1", "us-west-2", "eu-west-1"],
  });
}
