/** How many seconds a month of 30 days has. */
export const monthSeconds = 30 * 24 * 3_600;

/** How many hours a month of 30 days has. */
export const monthHours = 30 * 24;

/**
 * List prices of AWS in us-east-1, in US dollars, as published in January 2026. Free tiers, savings plans and taxes are
 * left out. The pages: aws.amazon.com/lambda/pricing, /fargate/pricing, /elasticloadbalancing/pricing,
 * /cloudfront/pricing, /ec2/pricing/on-demand, /vpc/pricing.
 */
export const prices = {
  /** Lambda on arm, for a second of one GB. */
  lambdaGigabyteSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  /** Lambda@Edge, which signs the body of each POST to a function's URL: the request, and 128 MB for the time below. */
  edgeRequest: 0.6 / 1e6,
  edgeGigabyteSecond: 0.00005001,
  /** Fargate on arm, for an hour. */
  fargateProcessorHour: 0.03238,
  fargateGigabyteHour: 0.00356,
  /** An application load balancer, and one unit of its capacity, for an hour. */
  balancerHour: 0.0225,
  balancerUnitHour: 0.008,
  /** A public IPv4 address, for an hour. */
  addressHour: 0.005,
  /** CloudFront: an HTTPS request from the United States or Europe, a run of its function, and a GB to the browser. */
  cdnRequest: 1 / 1e6,
  cdnFunction: 0.1 / 1e6,
  cdnGigabyte: 0.085,
  /** A GB from a browser through CloudFront to the origin. */
  cdnOriginGigabyte: 0.02,
  /** An m7g.large, with 2 processors and 8 GB, for an hour. */
  machineHour: 0.0816,
  /** 100 GB of disk (gp3), for a month. */
  diskMonth: 8,
  /** A GB from a machine to the internet. */
  machineGigabyte: 0.09,
} as const;

/**
 * What the app does, in seconds and bytes. A test compares the seconds and the limit with the app's own constants.
 */
export const app = {
  /** How long the server holds a line: `limits.ts`. */
  lineSeconds: { node: 3600, lambda: 45 },
  /** How many lines one process holds: `limits.ts`. */
  linesTogether: 6_000,
  /** How often the server sends a sign of life: `wire/line.ts`. */
  heartbeatSeconds: 10,
  /** A sign of life: 15 bytes of JSON, and what HTTP/2 adds. TLS and TCP are not billed by CloudFront. */
  heartbeatBytes: 15 + 9,
  /** What a browser sends to open a line of six shapes with its cookies, and the head of the answer. Counted by hand. */
  requestBytes: 3_000,
  answerHeadBytes: 900,
  /** How long the edge function works on a request, in seconds. An estimate. */
  edgeSeconds: 0.005,
  lambdaGigabytes: 0.5,
} as const;

/** What a process holds: `npm run bench:browsers -w @tracer/e2e`, six shapes a browser. `docs/scaling.md` has the run. */
export const measured = {
  /** Memory of a process that holds no line, in bytes. */
  baseBytes: 159e6,
  /** Memory for each browser on a line, in bytes. */
  browserBytes: 25e3,
  /** Processor time for each browser on a line and second, in seconds, with 50 commits a second for all. */
  browserProcessor: 5.5 / 33 / 5_000,
} as const;

/** How much of a container's memory and processor time is planned for, so that the rest absorbs a burst. */
export const planned = 0.6;

/** One container of the service: `infra/service.ts`. */
export const container = { processors: 1, gigabytes: 2 } as const;

/** What one unit of a load balancer's capacity holds: connections in a minute, and new ones in a second. */
export const balancerUnit = { connections: 3_000, newConnections: 25 } as const;
