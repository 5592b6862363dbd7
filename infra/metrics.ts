import { router } from "./router.ts";
import { service, serviceLog } from "./service.ts";
import { web } from "./web.ts";

/** A metric of CloudWatch, and how its values of a period become one. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, $util.Input<string>>>;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum" | "p95";
}

/** The namespace of the metrics that the stage itself makes. */
export const namespace = `${$app.name}/${$app.stage}`;

/** A metric that the stage itself makes. */
export function ownMetric(name: string, statistic: Metric["statistic"]): Metric {
  return { namespace, name, dimensions: {}, statistic };
}

/** A metric of the distribution. CloudFront reports to us-east-1 alone. */
export function edgeMetric(name: string, statistic: Metric["statistic"]): Metric {
  const id = router?.nodes.cdn.nodes.distribution.id ?? "";
  return {
    namespace: "AWS/CloudFront",
    name,
    dimensions: { DistributionId: id, Region: "Global" },
    statistic,
  };
}

/** What the app's log is counted for: the pattern of a line, and the value that counts. */
const counted = {
  RequestMilliseconds: { pattern: `{ $.event = "request" && $.ms = * }`, value: "$.ms" },
  RepeatedFailures: { pattern: `{ $.event = "failure" && $.repeated > 100 }`, value: "1" },
  FailedSignIns: { pattern: `{ $.event = "sign-in-failed" }`, value: "1" },
} as const;

/**
 * Has CloudWatch make metrics of the app's log: of the function's and, if there are containers, of theirs. Both feed the same
 * metrics.
 */
export function countLogLines(): void {
  const logs = [
    { of: "Web", name: functionLog(), after: [web] },
    ...(service ? [{ of: "Api", name: serviceLog, after: [service] }] : []),
  ];
  for (const { of, name, after } of logs) {
    for (const [metric, { pattern, value }] of Object.entries(counted)) {
      new aws.cloudwatch.LogMetricFilter(
        `${of}${metric}`,
        {
          logGroupName: name,
          pattern,
          metricTransformation: { name: metric, namespace, value },
        },
        { dependsOn: after },
      );
    }
  }
}

function functionLog(): $util.Output<string> {
  const group = $util.output(web.nodes.server).apply((server) => $util.output(server?.nodes.logGroup));
  return group.apply((made) => $util.output(made?.name ?? ""));
}
