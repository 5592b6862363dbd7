import { type DataDir, openDataDir } from "./data-dir.ts";
import {
  checkDatabase,
  checkElectric,
  directUrl,
  type External,
  externalServices,
  neonGateway,
} from "./external.ts";
import { startGateway } from "./gateway.ts";
import { bringToNewest } from "./migrations.ts";
import { startOwnServices } from "./own-services.ts";
import { PORTS } from "./ports.ts";
import { type Report, silent } from "./report.ts";
import { publishAddress } from "./sql.ts";

export type StackOptions = {
  /** The folder in which everything is kept. */
  dataDir: string;
  /** Begin with an empty folder. */
  reset?: boolean;
  /** Where DATABASE_URL, ELECTRIC_URL, ELECTRIC_SOURCE_ID and ELECTRIC_SECRET are looked up; process.env by default. */
  env?: NodeJS.ProcessEnv;
  /** false: a quicker database that does not survive a crash of the machine. For tests. */
  fsync?: boolean;
  report?: Report;
  /** Ends a start that is under way. */
  signal?: AbortSignal;
};

export type Stack = AsyncDisposable & {
  databaseUrl: string;
  /** The WebSocket gateway to the database, for Neon's driver. */
  gatewayUrl: string;
  electricUrl: string;
  /** Empty when Electric needs none. */
  electricSecret: string;
  /** Whether the database and Electric were started by this stack. */
  own: boolean;
  /** The app's links as SST would set them: SST_RESOURCE_* variables, for the app at `siteUrl`. */
  links(siteUrl: string): Record<string, string>;
  /** Take a part down and up again, on the same port. @throws Error when the services are not the stack's own */
  stopElectric(): Promise<void>;
  startElectric(): Promise<void>;
  stopPostgres(): Promise<void>;
  startPostgres(): Promise<void>;
  /** Resolves with the reason when a part has ended that could not be brought up again. */
  failed: Promise<unknown>;
  close(): Promise<void>;
};

/**
 * Starts what the app needs, or connects to what the environment names, and brings the database to the newest schema.
 *
 * @throws StackError with the next step for the person
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const report = options.report ?? silent;
  const external = externalServices(options.env ?? process.env);
  const dataDir = await openDataDir(options.dataDir, options.reset);
  const closers: (() => Promise<void>)[] = [async () => dataDir.release()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return {
      ...(await assemble({ ...options, report, external, dataDir, closers })),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function assemble(
  options: Omit<StackOptions, "dataDir"> & {
    report: Report;
    external: External | undefined;
    dataDir: DataDir;
    closers: (() => Promise<void>)[];
  },
): Promise<Omit<Stack, "close" | typeof Symbol.asyncDispose>> {
  const { report, external, dataDir, closers, signal } = options;
  const failure = Promise.withResolvers<unknown>();

  let services: External;
  let controls: Pick<Stack, "stopElectric" | "startElectric" | "stopPostgres" | "startPostgres">;
  if (external) {
    const { databaseUrl, electricUrl } = external;
    await report.step(
      "Database",
      () => checkDatabase(databaseUrl),
      () => new URL(databaseUrl).host,
    );
    await report.step("Migrations", () => bringToNewest(directUrl(databaseUrl)));
    await report.step(
      "Electric",
      () => checkElectric(electricUrl, signal),
      () => new URL(electricUrl).host,
    );
    services = external;
    controls = {
      stopElectric: notOurs,
      startElectric: notOurs,
      stopPostgres: notOurs,
      startPostgres: notOurs,
    };
  } else {
    const own = await startOwnServices({
      dataDir: dataDir.path,
      secret: (options.env ?? process.env).ELECTRIC_SECRET || (await dataDir.secret("electric-secret")),
      fsync: options.fsync ?? true,
      report,
      onFailure: failure.resolve,
      closers,
      ...(signal ? { signal } : {}),
    });
    services = { ...own, sourceId: "" };
    controls = own;
  }
  signal?.throwIfAborted();

  const { databaseUrl, electricUrl, sourceId, secret } = services;
  let gatewayUrl = neonGateway(databaseUrl);
  if (gatewayUrl === undefined) {
    const gateway = await startGateway({ target: databaseUrl, preferredPorts: PORTS });
    closers.push(() => gateway.close());
    gatewayUrl = gateway.url;
  }

  closers.push(await publishAddress(dataDir.path, databaseUrl));

  const authSecret = await dataDir.secret("auth-secret");
  const database = { url: databaseUrl, gateway: gatewayUrl };
  return {
    ...controls,
    databaseUrl,
    gatewayUrl,
    electricUrl,
    electricSecret: secret,
    own: external === undefined,
    failed: failure.promise,
    links: (siteUrl) =>
      asEnvironment({
        App: { name: "tracer", stage: "local" },
        Database: database,
        SyncEngine: { url: electricUrl, sourceId, sourceSecret: secret },
        AuthSecret: { value: authSecret },
        Site: { url: siteUrl },
      }),
  };
}

function asEnvironment(links: Record<string, Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(links).map(([name, link]) => [`SST_RESOURCE_${name}`, JSON.stringify(link)]),
  );
}

async function notOurs(): Promise<never> {
  throw new Error("The database and Electric of this stack run elsewhere; it cannot take them down or up.");
}
