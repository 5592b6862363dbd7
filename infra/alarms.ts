import { type Alarm, alarmRules } from "./alarm-rules.ts";
import { countLogLines } from "./metrics.ts";
import { watchReplication } from "./replication-watch.ts";
import { alarmAddress, monthlyBudget } from "./stage.ts";

/** The alarms of a stage that has an address for them, by their names. Empty under `sst dev`. */
export const alarms = alarmAddress === undefined || $dev ? {} : alarmsTo(alarmAddress);

function alarmsTo(address: string): Record<string, aws.cloudwatch.MetricAlarm> {
  countLogLines();
  watchReplication();
  limitCosts(address);
  const topic = new aws.sns.Topic("Alarms", { name: `${$app.name}-${$app.stage}-alarms` });
  new aws.sns.TopicSubscription("AlarmMail", { topic: topic.arn, protocol: "email", endpoint: address });
  return Object.fromEntries(
    Object.entries(alarmRules()).map(([name, alarm]) => [name, makeAlarm(name, alarm, topic.arn)]),
  );
}

function makeAlarm(name: string, alarm: Alarm, topic: $util.Input<string>): aws.cloudwatch.MetricAlarm {
  const { metric, below, missing } = alarm;
  return new aws.cloudwatch.MetricAlarm(`Alarm-${name}`, {
    name: `${$app.name}-${$app.stage}-${name}`,
    alarmDescription: `${alarm.says} docs/operations.md says what to do.`,
    namespace: metric.namespace,
    metricName: metric.name,
    dimensions: metric.dimensions,
    // A percentile of few answers says little.
    ...(metric.statistic === "p95"
      ? { extendedStatistic: "p95", evaluateLowSampleCountPercentiles: "ignore" }
      : { statistic: metric.statistic }),
    comparisonOperator: below ? "LessThanThreshold" : "GreaterThanThreshold",
    threshold: alarm.limit,
    period: alarm.minutes * 60,
    evaluationPeriods: alarm.periods,
    treatMissingData: missing ? "breaching" : "notBreaching",
    alarmActions: [topic],
    okActions: [topic],
  });
}

/** Sends a mail when the account has cost 80 % of the budget, and when the month will probably cost more than all of it. */
function limitCosts(address: string): void {
  const notice = (notificationType: "ACTUAL" | "FORECASTED", threshold: number) => ({
    comparisonOperator: "GREATER_THAN",
    notificationType,
    threshold,
    thresholdType: "PERCENTAGE",
    subscriberEmailAddresses: [address],
  });
  new aws.budgets.Budget("Costs", {
    name: `${$app.name}-${$app.stage}-costs`,
    budgetType: "COST",
    timeUnit: "MONTHLY",
    limitAmount: String(monthlyBudget),
    limitUnit: "USD",
    notifications: [notice("ACTUAL", 80), notice("FORECASTED", 100)],
  });
}
