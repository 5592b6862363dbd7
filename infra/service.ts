import { balancer, network } from "./balancer.ts";
import { database } from "./database.ts";
import { mail } from "./mail.ts";
import { migration } from "./migration.ts";
import { pictures, picturesRights } from "./pictures.ts";
import { providers } from "./providers.ts";
import { authSecret } from "./secrets.ts";
import { site } from "./site.ts";
import { isProduction } from "./stage.ts";
import { syncEngine } from "./sync.ts";

/**
 * The links of the app, each as a parameter of AWS that is encrypted. SST would write links into the definition of the
 * task, which everybody who may list tasks can read. The link `App` holds no secret, and SST sets it in any case.
 */
function storedLinks() {
  const links = {
    Database: database.properties,
    SyncEngine: syncEngine.properties,
    AuthSecret: { value: authSecret.value },
    Site: site.properties,
    Pictures: pictures.properties,
    ...(mail && { Mail: mail.properties }),
    ...Object.fromEntries([...providers].map(([name, { properties }]) => [name, properties])),
  };
  return Object.entries(links).map(([name, properties]) => ({
    variable: `SST_RESOURCE_${name}`,
    parameter: new aws.ssm.Parameter(`${name}Link`, {
      name: `/${$app.name}/${$app.stage}/links/${name}`,
      type: "SecureString",
      value: $util.secret($jsonStringify(properties)),
    }),
  }));
}

const links = balancer ? storedLinks() : [];

/** Where the containers write their log. */
export const serviceLog = `/${$app.name}/${$app.stage}/api`;

const api: sst.aws.ServiceArgs | undefined = balancer &&
  network && {
    cluster: new sst.aws.Cluster("Cluster", { vpc: network }),
    architecture: "arm64",
    cpu: "1 vCPU",
    memory: "2 GB",
    image: { context: "." },
    logging: { name: serviceLog, retention: "1 month" },
    // Without this a deployment would end green before anybody knows whether the containers become healthy.
    wait: true,
    // The links come from parameters, so what a link permits is said here.
    permissions: picturesRights,
    ssm: Object.fromEntries(links.map(({ variable, parameter }) => [variable, parameter.arn])),
    // A container reads the parameters when it starts. A changed secret changes this text, and so starts new containers.
    environment: {
      LINKS_VERSION: $util.all(links.map(({ parameter }) => parameter.version)).apply((all) => all.join(".")),
    },
    // Lines hold memory, and their polls take processor time. Both grow with the browsers that are open.
    scaling: {
      min: isProduction ? 2 : 1,
      max: isProduction ? 60 : 2,
      cpuUtilization: 60,
      memoryUtilization: 60,
    },
    loadBalancer: {
      instance: balancer,
      rules: [{ listen: "80/http", forward: "3000/http", conditions: { path: "/api/*" }, priority: 100 }],
      health: { "3000/http": { path: "/api/health", interval: "10 seconds", healthyThreshold: 2 } },
    },
    transform: {
      // Browsers whose line ends open a new one at another container. A line cannot be waited for: it lasts an hour.
      target: (target) => {
        target.deregistrationDelay = 30;
      },
      taskDefinition: readOnlyContainers,
      executionRole: readOwnLinksAlone,
      // Nobody opens a shell in a container that serves.
      service: (service) => {
        service.enableExecuteCommand = false;
      },
    },
  };

/** The API in containers on Fargate, from the image that `Dockerfile` describes. */
export const service = api && new sst.aws.Service("Api", api, { dependsOn: [migration] });

/** Makes the file systems of the containers read-only. SST has no setting for that. */
function readOnlyContainers(task: aws.ecs.TaskDefinitionArgs): undefined {
  task.containerDefinitions = $util.output(task.containerDefinitions).apply((text) => {
    const definitions: object[] = JSON.parse(text);
    return JSON.stringify(definitions.map((one) => ({ ...one, readonlyRootFilesystem: true })));
  });
}

/** Replaces SST's policy, which lets the role read every parameter and secret of the account. */
function readOwnLinksAlone(role: aws.iam.RoleArgs): undefined {
  const own = {
    Effect: "Allow",
    Action: "ssm:GetParameters",
    Resource: links.map(({ parameter }) => parameter.arn),
  };
  role.inlinePolicies = [
    { name: "links", policy: $jsonStringify({ Version: "2012-10-17", Statement: [own] }) },
  ];
}
