import {
  app,
  balancerUnit,
  container,
  measured,
  monthHours,
  monthSeconds,
  planned,
  prices,
} from "./cost-constants.ts";

/** What a number of browsers costs that are open for the whole month, in US dollars a month. */
export interface Cost {
  /** What computes: functions, containers or machines. */
  readonly compute: number;
  /** The load balancer in front of the containers. */
  readonly balancer: number;
  /** CloudFront's requests, functions and bytes, or the bytes that a machine sends. */
  readonly network: number;
  /** How many functions, containers or machines run. */
  readonly instances: number;
}

/** The sum of a cost's parts for one browser. */
export function perBrowser({ compute, balancer, network }: Cost, browsers: number): number {
  return (compute + balancer + network) / browsers;
}

/** Lines on Lambda: each occupies one function. */
export function functionCost(browsers: number): Cost {
  const requests = (browsers * monthSeconds) / app.lineSeconds.lambda;
  const edge = prices.edgeRequest + app.edgeSeconds * 0.125 * prices.edgeGigabyteSecond;
  return {
    compute:
      browsers * monthSeconds * app.lambdaGigabytes * prices.lambdaGigabyteSecond +
      requests * (prices.lambdaRequest + edge),
    balancer: 0,
    network: cdnCost(browsers, requests),
    instances: browsers,
  };
}

/** How many containers run at least, so that one may fail. */
const leastContainers = 2;

/** Lines in containers on Fargate. */
export function serviceCost(browsers: number): Cost {
  const requests = (browsers * monthSeconds) / app.lineSeconds.node;
  const instances = Math.max(leastContainers, Math.ceil(browsers / browsersIn(container)));
  // An address each, because a container without one would need a NAT gateway to reach Neon and Electric.
  const hour =
    container.processors * prices.fargateProcessorHour +
    container.gigabytes * prices.fargateGigabyteHour +
    prices.addressHour;
  const units = Math.max(
    browsers / balancerUnit.connections,
    requests / monthSeconds / balancerUnit.newConnections,
  );
  return {
    compute: instances * hour * monthHours,
    balancer: monthHours * (prices.balancerHour + units * prices.balancerUnitHour),
    network: cdnCost(browsers, requests),
    instances,
  };
}

/** Lines on machines of one's own, without a CDN. One machine more keeps Postgres and Electric, beyond the first. */
export function selfHostedCost(browsers: number): Cost {
  const forApp = Math.ceil(browsers / browsersIn({ processors: 2, gigabytes: 8 }));
  const instances = browsers <= 100 ? 1 : forApp + 1;
  return {
    compute: instances * (prices.machineHour + prices.addressHour) * monthHours + prices.diskMonth,
    balancer: 0,
    network:
      (bytesToBrowsers(browsers, (browsers * monthSeconds) / app.lineSeconds.node) / 1e9) *
      prices.machineGigabyte,
    instances,
  };
}

/**
 * How many browsers fit into a container or a machine, by memory, by processor time and by the app's own limit. A process
 * uses one processor, so there is a process for each.
 */
export function browsersIn({ processors, gigabytes }: { processors: number; gigabytes: number }): number {
  const processes = Math.ceil(processors);
  const memory = gigabytes * 2 ** 30 * planned - processes * measured.baseBytes;
  const fitting = [
    memory / measured.browserBytes,
    (processors * planned) / measured.browserProcessor,
    processes * app.linesTogether,
  ];
  return Math.floor(Math.min(...fitting));
}

function cdnCost(browsers: number, requests: number): number {
  return (
    requests * (prices.cdnRequest + prices.cdnFunction) +
    (bytesToBrowsers(browsers, requests) / 1e9) * prices.cdnGigabyte +
    ((requests * app.requestBytes) / 1e9) * prices.cdnOriginGigabyte
  );
}

/** What idle browsers are sent in a month. Changes come on top: each costs its own bytes for each browser that sees it. */
function bytesToBrowsers(browsers: number, requests: number): number {
  const heartbeats = (browsers * monthSeconds) / app.heartbeatSeconds;
  return heartbeats * app.heartbeatBytes + requests * app.answerHeadBytes;
}
