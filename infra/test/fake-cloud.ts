/** The outputs that the cloud would give a resource, as far as other resources use them. */
export function computed(type: string, name: string): Record<string, unknown> {
  const arn = `arn:aws:fake:us-east-1:123456789012:${name}`;
  switch (type) {
    case "aws:cloudfront/distribution:Distribution":
      return { arn, domainName: "d111.cloudfront.net", hostedZoneId: "Z2FDTNDATAQYW2" };
    case "aws:lambda/function:Function":
      return { arn, qualifiedArn: `${arn}:1`, codeSha256: "hash-of-the-code" };
    case "aws:lambda/functionUrl:FunctionUrl":
      return { functionUrl: "https://f111.lambda-url.us-east-1.on.aws/" };
    case "aws:s3/bucket:Bucket":
      return { arn, bucketRegionalDomainName: "b111.s3.us-east-1.amazonaws.com" };
    case "aws:lb/loadBalancer:LoadBalancer":
      return { arn, dnsName: "internal-balancer.us-east-1.elb.amazonaws.com", zoneId: "Z35SXDOTRQ7X7K" };
    case "docker-build:index:Image":
      return { ref: "image@sha256:0000" };
    case "aws:iam/accessKey:AccessKey":
      return { arn, sesSmtpPasswordV4: "smtp/password" };
    case "aws:ssm/parameter:Parameter":
      return { arn, version: 7 };
    case "random:index/randomBytes:RandomBytes":
      return { base64: Buffer.alloc(32, 1).toString("base64") };
    case "aws:acm/certificate:Certificate":
      return {
        arn,
        domainValidationOptions: [
          { resourceRecordName: "n", resourceRecordType: "CNAME", resourceRecordValue: "v" },
        ],
      };
    case "neon:index/project:Project":
      return neonProject("ep-own-1.us-east-1.aws.neon.tech");
    case "neon:index/endpoint:Endpoint":
      return { host: "ep-branch-2.us-east-1.aws.neon.tech" };
    default:
      return { arn };
  }
}

/** The answer of the cloud to a look-up. */
export function answer(token: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (token) {
    case "aws:index/getRegion:getRegion":
      return { region: "us-east-1" };
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: "123456789012" };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws" };
    case "aws:iam/getPolicyDocument:getPolicyDocument":
      return { ...inputs, json: JSON.stringify(inputs) };
    case "aws:ec2/getManagedPrefixList:getManagedPrefixList":
      return { id: `list of ${inputs.name}` };
    case "aws:index/getAvailabilityZones:getAvailabilityZones":
      return { names: ["us-east-1a", "us-east-1b"], zoneIds: ["use1-az1", "use1-az2"] };
    case "aws:ecr/getAuthorizationToken:getAuthorizationToken":
      return { proxyEndpoint: "https://registry.example", userName: "AWS", password: "registry/password" };
    case "neon:index/getProject:getProject":
      return neonProject("ep-shared-3.us-east-1.aws.neon.tech");
    case "neon:index/getBranchRolePassword:getBranchRolePassword":
      return { password: "branch/password" };
    default:
      throw new Error(`The fake cloud has no answer to ${token}: ${JSON.stringify(inputs)}`);
  }
}

function neonProject(databaseHost: string) {
  return {
    databaseHost,
    databaseHostPooler: databaseHost.replace(".", "-pooler."),
    databaseUser: "tracer",
    databasePassword: "own/password",
    databaseName: "tracer",
  };
}
