import { isProduction, neonOrganisation, sharedNeonProject } from "./stage.ts";

/** Where a Postgres of Neon answers: `host` itself, `pooledHost` through its connection pooler. */
interface Place {
  user: $util.Input<string>;
  password: $util.Input<string>;
  host: $util.Input<string>;
  pooledHost: $util.Input<string>;
  database: $util.Input<string>;
}

const place = sharedNeonProject ? branchOf(sharedNeonProject) : ownProject();

/** Postgres for the application: through the pooler, since every copy of the function holds connections of its own. */
export const database = new sst.Linkable("Database", {
  properties: {
    url: connectionUrl(place, place.pooledHost),
    gateway: $interpolate`wss://${place.pooledHost}/v2`,
  },
});

/**
 * Postgres without the pooler, for migrations and for Electric: a pooled connection can hold neither the lock of the
 * one nor the replication slot of the other. No code is linked to it; `sst shell` hands it to the person who deploys.
 */
export const databaseDirect = new sst.Linkable("DatabaseDirect", {
  properties: { url: connectionUrl(place, place.host) },
});

function ownProject(): Place {
  const project = new neon.Project(
    "Postgres",
    {
      name: `${$app.name}-${$app.stage}`,
      orgId: neonOrganisation,
      pgVersion: 17,
      // Beside the function: each statement is a round trip.
      regionId: "aws-us-east-1",
      // Electric reads the write-ahead log. Neon offers no way back from this.
      enableLogicalReplication: "yes",
      // Six hours is the most that Neon's free plan allows; production is expected to pay for a week.
      historyRetentionSeconds: isProduction ? 604_800 : 21_600,
      branch: { databaseName: "tracer", roleName: "tracer" },
    },
    // SST's own `removal` and `protect` know AWS's databases only.
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
    // Neon's rule: the pooler of ep-x.region.aws.neon.tech is ep-x-pooler.region.aws.neon.tech.
    pooledHost: endpoint.host.apply((host) => host.replace(".", "-pooler.")),
    database: project.databaseName,
  };
}

function connectionUrl({ user, password, database }: Place, host: $util.Input<string>) {
  const encoded = $util.output(password).apply(encodeURIComponent);
  return $util.secret($interpolate`postgresql://${user}:${encoded}@${host}/${database}?sslmode=require`);
}
