import { router } from "./router.ts";

/**
 * What the log says of a request. The query, the cookies and the page before are left out: they hold handles of shapes and
 * tokens of links. The id of the request also stands in the app's log.
 */
const fields = [
  "date",
  "time",
  "x-edge-request-id",
  "c-ip",
  "cs-method",
  "cs(Host)",
  "cs-uri-stem",
  "sc-status",
  "cs(User-Agent)",
  "cs-protocol-version",
  "cs-bytes",
  "sc-bytes",
  "time-taken",
  "time-to-first-byte",
  "x-edge-location",
  "x-edge-result-type",
  "x-edge-detailed-result-type",
  "sc-content-type",
];

if (router) keepAccessLog(router);

/** Has CloudFront write its access log, as lines of JSON, into a bucket that forgets each line after 30 days. */
function keepAccessLog(of: sst.aws.Router): void {
  const account = aws.getCallerIdentityOutput().accountId;
  const bucket = new sst.aws.Bucket("AccessLog", {
    lifecycle: [{ id: "forget", expiresIn: "30 days" }],
    policy: [
      {
        actions: ["s3:PutObject"],
        principals: [{ type: "service", identifiers: ["delivery.logs.amazonaws.com"] }],
        paths: ["AWSLogs/*"],
        conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [account] }],
      },
    ],
  });
  // The names of a delivery are the account's, so the stage is part of them.
  const name = `${$app.name}-${$app.stage}-access`;
  const source = new aws.cloudwatch.LogDeliverySource("AccessLogSource", {
    name,
    logType: "ACCESS_LOGS",
    resourceArn: of.nodes.cdn.nodes.distribution.arn,
  });
  const destination = new aws.cloudwatch.LogDeliveryDestination("AccessLogDestination", {
    name,
    outputFormat: "json",
    deliveryDestinationConfiguration: { destinationResourceArn: bucket.arn },
  });
  new aws.cloudwatch.LogDelivery(
    "AccessLogDelivery",
    {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.arn,
      recordFields: fields,
      s3DeliveryConfigurations: [{ suffixPath: "/{yyyy}/{MM}/{dd}", enableHiveCompatiblePath: false }],
    },
    // The bucket's policy has to be there before the delivery writes.
    { dependsOn: [bucket] },
  );
}
