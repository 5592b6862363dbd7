import { alarms } from "./alarms.ts";
import { edgeMetric, type Metric, ownMetric } from "./metrics.ts";

const made = Object.values(alarms);
if (made.length > 0) makeDashboard();

/** Makes a page in CloudWatch with the state of the alarms and the curves behind them. */
function makeDashboard(): void {
  const widgets = [
    { type: "alarm", x: 0, y: 0, width: 24, height: 3, properties: { alarms: made.map(({ arn }) => arn) } },
    curves(0, "Requests", [edgeMetric("Requests", "Sum")]),
    curves(1, "Errors, in per cent", [
      edgeMetric("5xxErrorRate", "Average"),
      edgeMetric("4xxErrorRate", "Average"),
    ]),
    curves(2, "Milliseconds until an answer begins", [ownMetric("RequestMilliseconds", "p95")]),
    curves(3, "Functions at once", [
      { namespace: "AWS/Lambda", name: "ConcurrentExecutions", dimensions: {}, statistic: "Maximum" },
    ]),
    curves(4, "Bytes of the log that Electric has not confirmed, and that Postgres keeps", [
      ownMetric("ReplicationLag", "Maximum"),
      ownMetric("LogKeptForReplication", "Maximum"),
    ]),
    curves(5, "Failures and failed sign-ins", [
      ownMetric("RepeatedFailures", "Sum"),
      ownMetric("FailedSignIns", "Sum"),
    ]),
  ];
  new aws.cloudwatch.Dashboard("Dashboard", {
    dashboardName: `${$app.name}-${$app.stage}`,
    dashboardBody: $jsonStringify({ widgets }),
  });
}

/** A diagram, the `place`-th one below the alarms, three in a row. */
function curves(place: number, title: string, metrics: readonly Metric[]) {
  return {
    type: "metric",
    x: 8 * (place % 3),
    y: 3 + 6 * Math.floor(place / 3),
    width: 8,
    height: 6,
    properties: {
      title,
      region: "us-east-1",
      period: 300,
      metrics: metrics.map(({ namespace, name, dimensions, statistic }) => [
        namespace,
        name,
        ...Object.entries(dimensions).flat(),
        { stat: statistic },
      ]),
    },
  };
}
