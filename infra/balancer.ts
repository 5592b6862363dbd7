import { apiRunsOn } from "./stage.ts";

/** Whether this deployment makes containers. Under `sst dev` the app runs on the developer's machine. */
const containers = apiRunsOn === "service" && !$dev;

/** The network of the containers. Its security group lets in what comes from within the network alone. */
export const network = containers ? new sst.aws.Vpc("Network") : undefined;

/**
 * The load balancer before the containers. The load balancer has only addresses of the private network, so strangers
 * cannot reach it past CloudFront, and the client's address that CloudFront sets can be trusted.
 */
export const balancer =
  network &&
  new sst.aws.Alb("Balancer", {
    vpc: network,
    public: false,
    // CloudFront's connection stays within AWS' network.
    listeners: [{ port: 80, protocol: "http" }],
    transform: { securityGroup: allowCloudFrontAlone },
  });

const vpcOrigin =
  balancer &&
  new aws.cloudfront.VpcOrigin("ApiOrigin", {
    vpcOriginEndpointConfig: {
      name: `${$app.name}-${$app.stage}-api`,
      arn: balancer.arn,
      httpPort: 80,
      httpsPort: 443,
      originProtocolPolicy: "http-only",
      originSslProtocols: { items: ["TLSv1.2"], quantity: 1 },
    },
  });

/** The origin of the API for CloudFront. Undefined when the function serves the API. */
export const apiOrigin = balancer &&
  vpcOrigin && {
    originId: "api",
    domainName: balancer.dnsName,
    vpcOriginConfig: {
      vpcOriginId: vpcOrigin.id,
      // In seconds. CloudFront ends an answer that is silent for so long. A line sends a sign of life every 10 s.
      originReadTimeout: 60,
      originKeepaliveTimeout: 60,
    },
  };

/** Replaces SST's rule, which lets everybody in. */
function allowCloudFrontAlone(group: aws.ec2.SecurityGroupArgs): undefined {
  const cloudFront = aws.ec2.getManagedPrefixListOutput({
    name: "com.amazonaws.global.cloudfront.origin-facing",
  });
  group.ingress = [{ protocol: "tcp", fromPort: 80, toPort: 80, prefixListIds: [cloudFront.id] }];
}
