import type { Registered } from "./dry-run.ts";

/** One sentence of a policy, in one form for all ways in which SST and Pulumi write policies. */
export interface Statement {
  /** The type and the name of the resource that holds the policy. */
  readonly of: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals: unknown;
  readonly conditions: unknown;
}

/** The properties in which a resource holds policies. */
const properties = ["policy", "inlinePolicies", "assumeRolePolicy"];

/** Finds the statements of all policies: of roles, of users, of buckets and of those who may take a role. */
export function statementsOf(resources: readonly Registered[]): Statement[] {
  return resources.flatMap(({ type, name, inputs }) =>
    properties.flatMap((property) =>
      textsOf(inputs[property]).flatMap((policy) => read(policy, `${type} ${name}`)),
    ),
  );
}

function textsOf(value: unknown): unknown[] {
  if (typeof value === "string") return [JSON.parse(value)];
  if (Array.isArray(value)) return value.flatMap((item) => textsOf(item.policy));
  return value === undefined ? [] : [value];
}

/** A policy in AWS' own form, with capital letters, or in that of Pulumi's data source. */
interface Policy {
  readonly Statement?: readonly Readonly<Record<string, unknown>>[];
  readonly statements?: readonly Readonly<Record<string, unknown>>[];
}

function read(policy: unknown, of: string): Statement[] {
  if (typeof policy !== "object" || policy === null) throw new Error(`${of} has no policy.`);
  const { Statement, statements }: Policy = policy;
  return (Statement ?? statements ?? []).map((statement) => ({
    of,
    effect: String(statement.Effect ?? statement.effect ?? "Allow"),
    actions: listOf(statement.Action ?? statement.actions),
    resources: listOf(statement.Resource ?? statement.resources),
    principals: statement.Principal ?? statement.principals ?? [],
    conditions: statement.Condition ?? statement.conditions,
  }));
}

function listOf(value: unknown): string[] {
  return [value ?? []].flat().map(String);
}
