import { firewallIsOn } from "./stage.ts";

/**
 * How many requests an address may send in five minutes. The app's own limits are finer and know users; this one keeps a
 * flood from reaching the app. Hundreds of people who share an address stay below.
 */
const requestsOfAnAddress = 20_000;

/**
 * AWS' firewall, as arguments of the router. Undefined when the stage does without.
 *
 * The rule sets against SQL and scripts are left out: they read bodies, and would refuse what people may write in their own
 * rows. The app passes values to Postgres apart from the statement, and React escapes what a page shows.
 */
export const firewall = firewallIsOn
  ? {
      waf: {
        rateLimitPerIp: requestsOfAnAddress,
        managedRules: { coreRuleSet: false, sqlInjection: false, knownBadInputs: true },
        // SST keeps cookies and queries out of the log. The log is for blocked requests, which the app never sees.
        logging: { include: "blocked" as const, retention: "1 month" as const },
      },
      transform: { waf: refuseKnownAttackers },
    }
  : undefined;

/** Adds AWS' list of addresses that attack others. */
function refuseKnownAttackers(waf: aws.wafv2.WebAclArgs): undefined {
  waf.rules = $util.output(waf.rules).apply((rules = []) => [
    ...rules,
    {
      name: "AWSManagedRulesAmazonIpReputationList",
      priority: rules.length,
      overrideAction: { none: {} },
      statement: {
        managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesAmazonIpReputationList" },
      },
      visibilityConfig: {
        cloudwatchMetricsEnabled: true,
        metricName: "RouterAWSManagedRulesAmazonIpReputationList",
        sampledRequestsEnabled: true,
      },
    },
  ]);
}
