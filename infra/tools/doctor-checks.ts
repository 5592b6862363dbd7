/** What a check found. A problem carries what to do about the problem: a command where there is one. */
export interface Finding {
  readonly name: string;
  /** What is there, in a few words. */
  readonly found: string;
  /** The step that removes the problem. Undefined when there is no problem. */
  readonly nextStep?: string;
}

/** What a stage has. */
export interface StageState {
  readonly stage: string;
  /** The environment variables of the person who deploys. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether credentials for AWS were found, such as those of a profile. */
  readonly aws: boolean;
  /** The names of the secrets that are set; undefined when SST could not say. */
  readonly secrets: readonly string[] | undefined;
  /** The names of the links that a deployment has made; undefined when there was none. */
  readonly links: readonly string[] | undefined;
  /** Whether Docker answers, which builds the image of the containers. */
  readonly docker: boolean;
  /** The migrations that the database lacks; undefined when the database is not known or does not answer. */
  readonly missingMigrations: readonly string[] | undefined;
}

/** Whether all is well: no finding has a next step. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ nextStep }) => nextStep === undefined);
}

/** Compares the Node of the machine with the oldest one that may run npm here. */
export function checkNode(version: string, oldest: number): Finding {
  const major = Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);
  const found = `Node ${version.replace(/^v/, "")}`;
  return major >= oldest
    ? { name: "Node", found }
    : { name: "Node", found, nextStep: `Install Node ${oldest} or newer: https://nodejs.org` };
}

/** Judges the space on a disk, in bytes. The packages, the browser and the data of the local stack need about 3 GB. */
export function checkDisk(free: number): Finding {
  const gigabytes = free / 1e9;
  const found = `${gigabytes.toFixed(1)} GB free`;
  return gigabytes >= 3
    ? { name: "Disk", found }
    : { name: "Disk", found, nextStep: "Free at least 3 GB on the disk of this folder." };
}

/**
 * Finds what a stage lacks, in the order in which a person has to do the steps. Steps that need an earlier step are still
 * listed, so that the person sees the whole way.
 */
export function checkStage(state: StageState): Finding[] {
  const { stage, environment, aws, docker, secrets = [], links, missingMigrations } = state;
  const flag = `--stage ${stage}`;
  const step = (name: string, done: boolean, found: string, missing: string, nextStep: string): Finding =>
    done ? { name, found } : { name, found: missing, nextStep };
  const secret = (name: string, nextStep: string) =>
    step(`Secret ${name}`, secrets.includes(name), "set", "not set", nextStep);
  const password = (name: string) =>
    secret(name, `openssl rand -hex 24 | tr -d '\\n' | npx sst secret set ${name} ${flag}`);
  const deployed = links !== undefined;
  return [
    step(
      "AWS",
      aws,
      "credentials found",
      "no credentials found",
      "aws configure sso, then: export AWS_PROFILE=<profile>",
    ),
    step(
      "NEON_API_KEY",
      Boolean(environment.NEON_API_KEY),
      "set",
      "not set",
      "Make a key at https://console.neon.tech/app/settings/api-keys, then: export NEON_API_KEY=<key>",
    ),
    ...(environment.TRACER_API === "service"
      ? [step("Docker", docker, "answers", "does not answer", "Start Docker, which builds the image.")]
      : []),
    secret("AuthSecret", `openssl rand -base64 48 | tr -d '\\n' | npx sst secret set AuthSecret ${flag}`),
    password("AppDatabasePassword"),
    password("ElectricDatabasePassword"),
    step("Deployment", deployed, "found", "none yet", `npx sst deploy ${flag}`),
    // A deployment makes the tables, so a stage without one needs no step more.
    deployed
      ? step(
          "Tables",
          missingMigrations?.length === 0,
          "newest schema",
          missingMigrations ? `without ${missingMigrations.join(", ")}` : "database not reached",
          `npx sst deploy ${flag}`,
        )
      : { name: "Tables", found: "made by the deployment" },
    secret(
      "ElectricSourceId",
      `Make a source in Electric Cloud, then: npx sst secret set ElectricSourceId ${flag}`,
    ),
    secret(
      "ElectricSourceSecret",
      `npx sst secret set ElectricSourceSecret ${flag} && npx sst deploy ${flag}`,
    ),
  ];
}

/** Formats findings, one a line, with the next steps numbered in order below. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.map(
    ({ name, found, nextStep }) => `${nextStep ? "missing" : "ok     "}  ${name.padEnd(width)}  ${found}`,
  );
  const steps = findings.flatMap(({ nextStep }) => nextStep ?? []);
  if (steps.length === 0) return [...lines, "", "Nothing is missing."].join("\n");
  return [
    ...lines,
    "",
    "Do this, in this order:",
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
  ].join("\n");
}
