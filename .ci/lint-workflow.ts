import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly if?: string;
  readonly needs?: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: unknown;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly permissions?: unknown;
  readonly on?: unknown;
  readonly jobs?: Readonly<Record<string, Job>>;
}

/** What a stranger can write: titles, names of branches, texts. In a script these are code. */
const untrusted = /\$\{\{[^}]*\b(?:github\.(?:event\.|head_ref|actor|triggering_actor)|inputs\.)[^}]*\}\}/;

/** A key of AWS, by the names under which one would be given. */
const awsKey = /aws-access-key-id:|AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)\b/;

/**
 * Lints a workflow by the rules of this project: what runs is pinned, has few rights and an end.
 *
 * @returns a sentence for each problem, none when all is well
 */
export function lintWorkflow(text: string): string[] {
  const workflow: Workflow = parse(text) ?? {};
  const problems: string[] = [];
  if (!isReadOnly(workflow.permissions))
    problems.push("The workflow begins with more rights than `contents: read`, or names none.");
  if (JSON.stringify(workflow.on ?? "").includes("pull_request_target"))
    problems.push("`pull_request_target` gives the secrets to what a stranger has written.");
  if (awsKey.test(text)) problems.push("A key of AWS outlives the run: use a role that trusts GitHub.");
  const triggers = JSON.stringify(workflow.on ?? "");
  for (const [name, job] of Object.entries(workflow.jobs ?? {})) {
    const found = [...problemsOfJob(job, triggers), ...(job.steps ?? []).flatMap(problemsOf)];
    problems.push(...found.map((problem) => `The job ${name} ${problem}`));
  }
  // A comment that names the version is how Dependabot and people read a digest.
  for (const [, action] of text.matchAll(/uses: (\S+@[0-9a-f]{40})(?! # v\d)/g))
    problems.push(`A comment has to say which version ${action} is.`);
  return problems;
}

function problemsOfJob(job: Job, triggers: string): string[] {
  const { permissions = {}, steps = [] } = job;
  const uses = (action: string) => steps.some((step) => step.uses?.startsWith(`${action}@`));
  const problems: string[] = [];
  if (job["timeout-minutes"] === undefined) problems.push("has no timeout.");
  if (uses("aws-actions/configure-aws-credentials") && job.environment === undefined)
    problems.push("has rights in AWS without an environment, which the role could ask for.");
  // A fork's branch can have the name of one of ours.
  if (triggers.includes("workflow_run") && !job.needs && !job.if?.includes("workflow_run.event == 'push'"))
    problems.push("follows runs of strangers: ask for `github.event.workflow_run.event == 'push'`.");
  const mayWrite = ["contents", "issues", "pull-requests"].some((right) => permissions[right] === "write");
  if (triggers.includes("pull_request") && mayWrite && uses("actions/checkout"))
    problems.push("runs the code of a pull request with a right to write.");
  return problems;
}

function problemsOf({ uses, run, with: inputs }: Step): string[] {
  const problems: string[] = [];
  if (uses && !uses.startsWith("./") && !/@[0-9a-f]{40}$/.test(uses))
    problems.push(`uses ${uses}, which is not pinned.`);
  if (uses?.startsWith("actions/checkout@") && inputs?.["persist-credentials"] !== false)
    problems.push("keeps the token in the checkout: set `persist-credentials: false`.");
  if (run && untrusted.test(run)) problems.push("runs text of a stranger: pass the text through `env`.");
  return problems;
}

function isReadOnly(permissions: unknown): boolean {
  if (typeof permissions !== "object" || permissions === null) return false;
  return Object.values(permissions).every((right) => right === "read" || right === "none");
}
