import { appDatabasePassword, electricDatabasePassword } from "./secrets.ts";
import { isProduction, neonOrganisation, sharedNeonProject } from "./stage.ts";

/** The address of a Postgres at Neon: `host` leads to Postgres itself, `pooledHost` to its connection pooler. */
interface Place {
  user: $util.Input<string>;
  password: $util.Input<string>;
  host: $util.Input<string>;
  pooledHost: $util.Input<string>;
  database: $util.Input<string>;
}

const place = sharedNeonProject ? branchOf(sharedNeonProject) : ownProject();

/** The application's role, which the migrations make. The role reads and writes rows, and owns nothing. */
const app = { ...place, user: `${$app.name}_app`, password: appDatabasePassword.value };

/** Postgres for the application, through the pooler: every instance of the function holds connections of its own. */
export const database = new sst.Linkable("Database", {
  properties: {
    url: connectionUrl(app, app.pooledHost),
    gateway: $interpolate`wss://${place.pooledHost}/v2`,
  },
});

/**
 * Postgres without the pooler, as the owner of the tables, for the migrations: a pooled connection cannot hold their lock.
 * The migrations also get the passwords of the other roles. No function is linked to it: each deployment runs the
 * migrations on the machine that deploys, and `sst shell` gives the link to the person who does so by hand.
 */
export const databaseDirect = new sst.Linkable("DatabaseDirect", {
  properties: {
    url: connectionUrl(place, place.host),
    appPassword: appDatabasePassword.value,
    electricPassword: electricDatabasePassword.value,
  },
});

function ownProject(): Place {
  const project = new neon.Project(
    "Postgres",
    {
      name: `${$app.name}-${$app.stage}`,
      orgId: neonOrganisation,
      pgVersion: 17,
      // The same region as the function, because each statement is a round trip.
      regionId: "aws-us-east-1",
      // Electric reads the write-ahead log. Neon cannot turn this setting off again.
      enableLogicalReplication: "yes",
      // In seconds: a week for production, which needs a paid plan; otherwise six hours, the most of Neon's free plan.
      historyRetentionSeconds: isProduction ? 604_800 : 21_600,
      branch: { databaseName: "tracer", roleName: "tracer" },
    },
    // SST applies its own `removal` and `protect` only to the databases of AWS.
    { protect: isProduction, retainOnDelete: isProduction },
  );
  return {
    user: project.databaseUser,
    password: project.databasePassword,
    host: project.databaseHost,
    pooledHost: project.databaseHostPooler,
    database: project.databaseName,
  };
}

function branchOf(projectId: string): Place {
  const project = neon.getProjectOutput({ id: projectId });
  const branch = new neon.Branch("PostgresBranch", { projectId, name: $app.stage });
  const endpoint = new neon.Endpoint("PostgresEndpoint", {
    projectId,
    branchId: branch.id,
    type: "read_write",
  });
  const role = neon.getBranchRolePasswordOutput({
    projectId,
    branchId: branch.id,
    roleName: project.databaseUser,
  });
  return {
    user: project.databaseUser,
    password: role.password,
    host: endpoint.host,
    // By Neon's convention, the pooler of ep-x.region.aws.neon.tech is ep-x-pooler.region.aws.neon.tech.
    pooledHost: endpoint.host.apply((host) => host.replace(".", "-pooler.")),
    database: project.databaseName,
  };
}

function connectionUrl({ user, password, database }: Place, host: $util.Input<string>) {
  const encoded = $util.output(password).apply(encodeURIComponent);
  return $util.secret($interpolate`postgresql://${user}:${encoded}@${host}/${database}?sslmode=require`);
}
