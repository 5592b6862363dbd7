import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setPasswords } from "@tracer/core/drizzle/roles";
import type { TestProject } from "vitest/node";
import { startGateway } from "../src/gateway.ts";
import { startOutbox } from "../src/outbox.ts";
import { startPostgres } from "../src/postgres.ts";
import { forgetLibpq } from "../src/shell-environment.ts";
import { offerShapeServers } from "./shape-servers.ts";

/** The passwords of the roles in the Postgres of a test run. */
const testPasswords = { app: "app", electric: "electric" };

/** Starts one embedded Postgres for all test files of a run. Its data is deleted after the run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // The tests themselves connect to this Postgres with node-postgres.
  forgetLibpq();
  const dataDir = await mkdtemp(join(tmpdir(), "tracer-test-"));
  const postgres = await startPostgres({ dataDir, fsync: false });
  // Roles belong to the whole cluster. Tests that open the app connect with the rights of the app.
  await setPasswords(postgres.url, testPasswords);
  const gateway = await startGateway({ target: postgres.url });
  const shapeServers = await offerShapeServers();
  const outbox = await startOutbox({ dir: join(dataDir, "outbox") });
  project.provide("postgresUrl", postgres.url);
  project.provide("gatewayUrl", gateway.url);
  project.provide("shapeServersUrl", shapeServers.url);
  project.provide("outboxUrl", outbox.url);
  project.provide("smtpUrl", outbox.smtpUrl);
  return async () => {
    await outbox.close();
    await shapeServers.close();
    await gateway.close();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
