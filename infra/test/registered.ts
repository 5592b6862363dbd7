import { providerSecrets, type Registered, secrets } from "./dry-run.ts";

/** What CloudFront does with the requests of a path. */
export interface Behaviour {
  pathPattern?: string;
  targetOriginId: string;
  cachePolicyId: string;
  responseHeadersPolicyId: string;
  originRequestPolicyId: string;
  functionAssociations: { eventType: string }[];
  lambdaFunctionAssociations: unknown[];
}

/** The places where a secret would be readable: type, name and path of each. */
export function leaksOf(resources: readonly Registered[]): string[] {
  const values = [
    ...Object.values(secrets),
    ...Object.values(providerSecrets),
    "own/password",
    "own%2Fpassword",
    "smtp/password",
    "smtp%2Fpassword",
  ];
  return resources.flatMap((resource) =>
    [...strings(resource.inputs)]
      .filter(([path]) => !resource.secret.some((secret) => `${path}.`.startsWith(`${secret}.`)))
      .filter(([, text]) => values.some((value) => text.includes(value)))
      .map(([path]) => `${resource.type} ${resource.name} ${path}`),
  );
}

/** The resources of a type, by a pattern of their names. */
export function all(resources: readonly Registered[], type: string, name = /./) {
  return resources.filter((resource) => resource.type === type && name.test(resource.name));
}

/** The one resource of a type. Throws when there is none, or more than one. */
export function one(resources: readonly Registered[], type: string, name?: RegExp) {
  const [first, ...others] = all(resources, type, name);
  if (!first || others.length > 0)
    throw new Error(`Expected one ${type} ${name ?? ""}, found ${others.length + (first ? 1 : 0)}`);
  return first;
}

/** The properties of a link. */
export function link(resources: readonly Registered[], name: string) {
  return record(one(resources, "sst:sst:LinkRef", new RegExp(`^${name}LinkRef$`)).inputs.properties);
}

/** A right that a role has. */
interface Right {
  actions: string[];
  resources: string[];
}

/** The rights to buckets that a role has, with the names of the resources. */
export function rightsToBuckets(resources: Registered[], role: RegExp): Right[] {
  const { inlinePolicies } = one(resources, "aws:iam/role:Role", role).inputs;
  const policies = inlinePolicies as { policy: string }[];
  return policies
    .flatMap(({ policy }): Right[] => JSON.parse(policy).statements)
    .filter(({ actions }) => actions.some((action) => /^(?:s3:|\*)/.test(action)))
    .map(({ actions, resources: arns }) => ({
      actions,
      resources: arns.map((arn) => arn.slice(arn.lastIndexOf(":") + 1)),
    }));
}

/** What the app may do with the bucket of the pictures. */
export const picturesRights: Right[] = [
  {
    actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
    resources: ["PictureBucketBucket/*"],
  },
  { actions: ["s3:ListBucket"], resources: ["PictureBucketBucket"] },
];

/** The behaviour that CloudFront takes for a path: the first whose pattern fits, else the default. */
export function behaviourOf(path: string, resources: readonly Registered[]): Behaviour {
  const distribution = one(resources, "aws:cloudfront/distribution:Distribution").inputs;
  const ordered = distribution.orderedCacheBehaviors as Behaviour[];
  const fitting = ordered.find(({ pathPattern = "" }) => path.startsWith(pathPattern.replace(/\*$/, "")));
  return fitting ?? (distribution.defaultCacheBehavior as Behaviour);
}

/** A value as an object. Throws when the value is none. */
export function record(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new Error(`Not an object: ${String(value)}`);
  return Object.fromEntries(Object.entries(value));
}

/** Every text within a value, with its path. */
function* strings(value: unknown, path = ""): Generator<[string, string]> {
  if (typeof value === "string") yield [path, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) yield* strings(item, path ? `${path}.${key}` : key);
}
