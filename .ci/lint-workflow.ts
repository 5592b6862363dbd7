import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions?: unknown;
  readonly on?: unknown;
  readonly jobs?: Readonly<
    Record<string, { readonly "timeout-minutes"?: number; readonly steps?: readonly Step[] }>
  >;
}

/** What a stranger can write: titles, names of branches, texts. In a script these are code. */
const untrusted = /\$\{\{[^}]*\bgithub\.(?:event\.|head_ref|actor|triggering_actor)[^}]*\}\}/;

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
  for (const [name, job] of Object.entries(workflow.jobs ?? {})) {
    if (job["timeout-minutes"] === undefined) problems.push(`The job ${name} has no timeout.`);
    for (const step of job.steps ?? [])
      problems.push(...problemsOf(step).map((problem) => `The job ${name} ${problem}`));
  }
  // A comment that names the version is how Dependabot and people read a digest.
  for (const [, action] of text.matchAll(/uses: (\S+@[0-9a-f]{40})(?! # v\d)/g))
    problems.push(`A comment has to say which version ${action} is.`);
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
