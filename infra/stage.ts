/**
 * The settings that differ between stages. Only this file reads the environment of the person who deploys. A variable that is
 * empty counts as missing, because a workflow hands every variable over.
 */

/** Production has its own Neon project and the bare domain, and keeps its data when the stage is removed. */
export const isProduction = $app.stage === "production";

/**
 * The host of this stage: `TRACER_DOMAIN` for production, `<stage>.TRACER_DOMAIN` for the others. Without the variable,
 * the stage has the address that CloudFront gives it.
 */
export const domain = process.env.TRACER_DOMAIN && stageHost(process.env.TRACER_DOMAIN);

/** The Neon organisation that pays for the database. An account with only one organisation may leave it out. */
export const neonOrganisation = process.env.NEON_ORG_ID || undefined;

/**
 * The Neon project that all stages but production branch from. A branch copies its data, so it must not be
 * production's.
 */
export const sharedNeonProject = isProduction ? undefined : process.env.NEON_PROJECT_ID;

/**
 * The id of Electric's replication stream, after which Electric names its publication, for a source that reads another
 * publication than `electric_publication_default`.
 */
export const electricStream = process.env.ELECTRIC_REPLICATION_STREAM_ID || undefined;

/**
 * The sender of the mail, such as `Tracer <mail@example.com>`. SES must have verified the address or its domain. Without
 * the variable `TRACER_MAIL_FROM` the stage sends no mail, and shows nothing that needs mail.
 */
export const mailSender = process.env.TRACER_MAIL_FROM || undefined;

/**
 * The address that gets the alarms. Without the variable `TRACER_ALARM_EMAIL` the stage has no alarms, no dashboard and no
 * function that watches the replication slot.
 */
export const alarmAddress = process.env.TRACER_ALARM_EMAIL || undefined;

/** How many dollars the account of AWS may cost a month before the address of the alarms gets a mail. */
export const monthlyBudget = dollars(process.env.TRACER_BUDGET || "100");

function dollars(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`TRACER_BUDGET is a whole number of dollars, not "${text}".`);
}

/**
 * Where else people can sign in. `TRACER_PROVIDERS` holds `google`, `github`, or both with a comma between. Without the
 * variable people sign in with a password alone.
 */
export const providerNames = namesIn(process.env.TRACER_PROVIDERS || "");

/**
 * Where the API runs, with the lines and the shape routes: `function` on Lambda, which costs nothing at rest and
 * $17 a month for each open page, or `service` in containers, which cost some $80 at rest and hold thousands of pages.
 * `TRACER_API` chooses. Pages are always made on Lambda.
 */
export const apiRunsOn = placeOf(process.env.TRACER_API || "function");

/**
 * Whether AWS' firewall stands before CloudFront. `TRACER_WAF=on` chooses so, for some $8 a month and $0.60 for each
 * million requests.
 */
export const firewallIsOn = isOn(process.env.TRACER_WAF || "off");

function isOn(text: string): boolean {
  if (text === "on" || text === "off") return text === "on";
  throw new Error(`TRACER_WAF is "on" or "off", not "${text}".`);
}

function placeOf(text: string): "function" | "service" {
  if (text === "function" || text === "service") return text;
  throw new Error(`TRACER_API is "function" or "service", not "${text}".`);
}

function namesIn(text: string): ("Google" | "GitHub")[] {
  return text
    .split(",")
    .filter((name) => name !== "")
    .map((name) => {
      if (name === "google") return "Google";
      if (name === "github") return "GitHub";
      throw new Error(`TRACER_PROVIDERS holds "google", "github" or both, not "${name}".`);
    });
}

function stageHost(apex: string) {
  return isProduction ? apex : `${$app.stage}.${apex}`;
}
