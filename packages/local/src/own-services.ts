import { join } from "node:path";
import { bringToNewest } from "./migrations.ts";
import { PORTS } from "./ports.ts";
import { startPostgres } from "./postgres.ts";
import type { Report } from "./report.ts";
import { keepRunning, type Running, type Service } from "./service.ts";
import { startShapeServerProcess } from "./shape-server.ts";
import { forgetLibpq } from "./shell-environment.ts";

export type OwnServices = {
  databaseUrl: string;
  electricUrl: string;
  secret: string;
  stopElectric(): Promise<void>;
  startElectric(): Promise<void>;
  stopPostgres(): Promise<void>;
  startPostgres(): Promise<void>;
};

/**
 * Starts an embedded Postgres with the newest schema, and the shape server on it. Both are started again, on the same
 * ports, when they end by themselves: both keep their state on disk, so a restart loses nothing.
 *
 * @param options.closers what ends them is added here as soon as there is something to end
 */
export async function startOwnServices(options: {
  dataDir: string;
  secret: string;
  fsync: boolean;
  report: Report;
  onFailure: (error: unknown) => void;
  closers: (() => Promise<void>)[];
  signal?: AbortSignal;
}): Promise<OwnServices> {
  const { dataDir, secret, fsync, report, onFailure, closers, signal } = options;
  forgetLibpq();
  const kept = <T extends Running>(name: string, start: () => Promise<T>): Service<T> => {
    const onRestart = () => report.note(`${name} has ended by itself; starting it again.`);
    const service = keepRunning({ start, onRestart, onFailure });
    closers.push(() => service.stop());
    return service;
  };

  let postgresPort: number | undefined;
  const postgres = kept("Postgres", async () => {
    const port = postgresPort === undefined ? { preferredPorts: PORTS } : { port: postgresPort };
    const started = await startPostgres({ dataDir: join(dataDir, "postgres"), fsync, ...port });
    postgresPort = started.port;
    return started;
  });
  const { createDatabase } = await report.step(
    "Postgres",
    () => postgres.start(),
    ({ port }) => `127.0.0.1:${port}`,
  );
  signal?.throwIfAborted();
  const databaseUrl = await createDatabase("tracer");
  await report.step("Migrations", () => bringToNewest(databaseUrl));
  signal?.throwIfAborted();

  let electricPort: number | undefined;
  const electric = kept("The shape server", async () => {
    const started = await startShapeServerProcess({
      databaseUrl,
      ports: electricPort === undefined ? [...PORTS] : [electricPort],
      storageDir: join(dataDir, "electric"),
      secret,
    });
    electricPort = started.port;
    return started;
  });
  const { url: electricUrl } = await report.step(
    "Shape server",
    () => electric.start(),
    ({ url }) => url,
  );

  return {
    databaseUrl,
    electricUrl,
    secret,
    stopElectric: () => electric.stop(),
    startElectric: async () => void (await electric.start()),
    stopPostgres: () => postgres.stop(),
    startPostgres: async () => void (await postgres.start()),
  };
}
