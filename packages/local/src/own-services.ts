import { join } from "node:path";
import { type RolePasswords, setPasswords, urlOf } from "@tracer/core/drizzle/roles";
import { bringToNewest } from "./migrations.ts";
import { servicePorts } from "./ports.ts";
import { startPostgres } from "./postgres.ts";
import type { Part, Report } from "./report.ts";
import { reportedService } from "./reported-service.ts";
import type { Running, Service } from "./service.ts";
import { startShapeServerProcess } from "./shape-server.ts";

export interface OwnServices {
  /** The database, as the owner of its tables connects to it. */
  databaseUrl: string;
  /** The same database, as the app connects to it. */
  appDatabaseUrl: string;
  electricUrl: string;
  secret: string;
  stopElectric(): Promise<void>;
  startElectric(): Promise<void>;
  stopPostgres(): Promise<void>;
  startPostgres(): Promise<void>;
}

/**
 * Starts an embedded Postgres, applies the migrations, and starts the shape server. The shape server and the app connect
 * with roles of their own, which may do what their work needs and no more.
 *
 * A server that ends by itself is started again on the same port. Both servers keep their state on disk, so a restart
 * loses nothing. libpq's variables must be out of this process's environment.
 *
 * @param options.onFailure receives the error when a server cannot be started again
 * @param options.closers receives a function that stops a service as soon as that service can be running
 * @throws StackError when a service does not start
 */
export async function startOwnServices(options: {
  dataDir: string;
  secret: string;
  passwords: RolePasswords;
  /** Whether the shape server connects as the owner, who may read and publish every table. */
  everyTable: boolean;
  fsync: boolean;
  report: Report;
  onFailure: (error: unknown) => void;
  closers: (() => Promise<void>)[];
  signal?: AbortSignal;
}): Promise<OwnServices> {
  const { dataDir, secret, passwords, everyTable, fsync, report, onFailure, closers, signal } = options;
  const ports = servicePorts(dataDir);
  const kept = <T extends Running>(part: Part, launch: () => Promise<T>): Service<T> => {
    const service = reportedService(part, launch, report, onFailure);
    closers.push(() => service.stop());
    return service;
  };

  let postgresPort: number | undefined;
  const postgres = kept("Postgres", async () => {
    const port = postgresPort === undefined ? { preferredPorts: ports } : { port: postgresPort };
    const started = await startPostgres({ dataDir: join(dataDir, "postgres"), fsync, ...port });
    postgresPort = started.port;
    report.part("Postgres", "starting", `127.0.0.1:${started.port}`);
    return started;
  });
  const { createDatabase } = await report.step(
    "Postgres",
    () => postgres.start(),
    ({ port }) => `127.0.0.1:${port}`,
  );
  signal?.throwIfAborted();
  const databaseUrl = await createDatabase("tracer");
  await report.step("Migrations", async () => {
    await bringToNewest(databaseUrl);
    await setPasswords(databaseUrl, passwords);
  });
  signal?.throwIfAborted();

  let electricPort: number | undefined;
  const electric = kept("Shape server", async () => {
    const started = await startShapeServerProcess({
      databaseUrl: everyTable ? databaseUrl : urlOf(databaseUrl, "electric", passwords.electric),
      ports: electricPort === undefined ? ports : [electricPort],
      storageDir: join(dataDir, "electric"),
      secret,
      show: (text) => report.output("Shape server", text),
    });
    electricPort = started.port;
    report.part("Shape server", "starting", started.url);
    return started;
  });
  const { url: electricUrl } = await report.step(
    "Shape server",
    () => electric.start(),
    ({ url }) => url,
  );

  return {
    databaseUrl,
    appDatabaseUrl: urlOf(databaseUrl, "app", passwords.app),
    electricUrl,
    secret,
    stopElectric: () => electric.stop(),
    startElectric: async () => void (await electric.start()),
    stopPostgres: () => postgres.stop(),
    startPostgres: async () => void (await postgres.start()),
  };
}
