import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Links, linksTo, type MailPlace } from "./app-links.ts";
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
import { publishLinks } from "./links.ts";
import { bringToNewest } from "./migrations.ts";
import { type Outbox, startOutbox } from "./outbox.ts";
import { startOwnServices } from "./own-services.ts";
import { servicePorts } from "./ports.ts";
import { type Report, silent } from "./report.ts";
import { forgetLibpq } from "./shell-environment.ts";
import { publishAddress } from "./sql.ts";

export interface StackOptions {
  /** The folder that keeps all data. */
  dataDir: string;
  /** Deletes the data of earlier runs first. */
  reset?: boolean;
  /** The variables DATABASE_URL, ELECTRIC_URL, ELECTRIC_SOURCE_ID and ELECTRIC_SECRET; process.env by default. */
  env?: NodeJS.ProcessEnv;
  /** `false` makes the database quicker, but a crash of the machine may damage the data. For tests. */
  fsync?: boolean;
  /** The address of the app, for jobs that run beside the app. Default: `http://localhost:3000`. */
  siteUrl?: string;
  /** Whether an account can be used before its e-mail address is confirmed. Default: "asked", so it can. */
  verification?: MailPlace["verification"];
  /**
   * Whether the stack's own Electric serves every table of the database, also tables that no migration made. Default:
   * false, so it serves the published columns alone, as in a deployment.
   */
  everyTable?: boolean;
  /** The request header in which a proxy before the app names the client. Default: none is believed. */
  clientAddressHeader?: string;
  report?: Report;
  /** Called when the data folder is ours and the services begin to start, for work that needs no service. */
  meanwhile?: () => void;
  /** Aborts a start that is under way. */
  signal?: AbortSignal;
}

export interface Stack extends AsyncDisposable {
  /** The database, as the owner of its tables connects to it. The app's links lead there with the rights of the app. */
  databaseUrl: string;
  /** The address of the WebSocket gateway to the database, for Neon's driver. */
  gatewayUrl: string;
  electricUrl: string;
  /** Empty when Electric asks for none. */
  electricSecret: string;
  /** The address of the page with the mails that the app has sent. */
  outboxUrl: string;
  /** Whether this stack started the database and Electric. */
  own: boolean;
  /** The links of an app at `siteUrl`, by default the address in the options. */
  links(siteUrl?: string): Links;
  /**
   * Stop and start one of the services, which comes back on the same port.
   *
   * @throws Error when the services run elsewhere
   */
  stopElectric(): Promise<void>;
  startElectric(): Promise<void>;
  stopPostgres(): Promise<void>;
  startPostgres(): Promise<void>;
  /** Resolves with the reason when a service has ended and cannot be started again. */
  failed: Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Starts the services that the app needs, or checks those that the environment names, and applies the migrations.
 *
 * @throws StackError with what went wrong and what to do next
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
  if (!external) forgetLibpq();
  options.meanwhile?.();

  let services: External & { appDatabaseUrl: string };
  let controls: Pick<Stack, "stopElectric" | "startElectric" | "stopPostgres" | "startPostgres">;
  if (external) {
    services = await checkServices(external, report, signal);
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
      passwords: {
        app: await dataDir.secret("app-password"),
        electric: await dataDir.secret("electric-password"),
      },
      everyTable: options.everyTable ?? false,
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

  const { databaseUrl, appDatabaseUrl, electricUrl, sourceId, secret } = services;
  const gatewayUrl =
    neonGateway(databaseUrl) ?? (await ownGateway(databaseUrl, servicePorts(dataDir.path), closers));
  closers.push(await publishAddress(dataDir.path, databaseUrl));
  const outbox = await ownOutbox(dataDir.path, report, closers);
  const authSecret = await dataDir.secret("auth-secret");
  const electric = { electricUrl, electricSourceId: sourceId, electricSecret: secret };
  const mail = mailTo(outbox, options.verification);
  const picturesUrl = pathToFileURL(join(dataDir.path, "pictures")).href;
  const places = { databaseUrl: appDatabaseUrl, gatewayUrl, ...electric, authSecret, picturesUrl, mail };
  const links = (siteUrl = options.siteUrl ?? "http://localhost:3000") =>
    linksTo({ ...places, stage: "local", siteUrl, clientAddressHeader: options.clientAddressHeader });
  closers.push(await publishLinks(dataDir.path, links()));
  return {
    ...controls,
    databaseUrl,
    gatewayUrl,
    electricUrl,
    electricSecret: secret,
    outboxUrl: outbox.url,
    own: external === undefined,
    failed: failure.promise,
    links,
  };
}

/** Checks services that run elsewhere, and applies the migrations to their database. */
async function checkServices(
  external: External,
  report: Report,
  signal: AbortSignal | undefined,
): Promise<External & { appDatabaseUrl: string }> {
  const { databaseUrl, electricUrl } = external;
  await report.step(
    "Database",
    () => checkDatabase(databaseUrl),
    () => new URL(databaseUrl).host,
  );
  const { rolesSeparated } = await report.step("Migrations", () => bringToNewest(directUrl(databaseUrl)));
  report.note(rightsOfOneUser(rolesSeparated));
  await report.step(
    "Electric",
    () => checkElectric(electricUrl, signal),
    () => new URL(electricUrl).host,
  );
  report.part("Postgres", "elsewhere", new URL(databaseUrl).host);
  report.part("Shape server", "elsewhere", new URL(electricUrl).host);
  return { ...external, appDatabaseUrl: databaseUrl };
}

/** What the app and Electric may do in a database of which the stack knows one user. */
function rightsOfOneUser(rolesSeparated: boolean): string {
  return rolesSeparated
    ? "The app connects as the user of DATABASE_URL. The roles of least privilege are there, but have no passwords from here."
    : "The app connects as the user of DATABASE_URL, who may not make the roles of least privilege.";
}

/** Starts a gateway by which the app's driver reaches a plain Postgres. Returns the address of the gateway. */
async function ownGateway(
  target: string,
  preferredPorts: readonly number[],
  closers: (() => Promise<void>)[],
): Promise<string> {
  const gateway = await startGateway({ target, preferredPorts });
  closers.push(() => gateway.close());
  return gateway.url;
}

/** Starts the outbox, which takes the app's mail in the place of a mail server. */
async function ownOutbox(dataDir: string, report: Report, closers: (() => Promise<void>)[]) {
  const start = () =>
    startOutbox({
      dir: join(dataDir, "outbox"),
      preferredPorts: servicePorts(dataDir),
      onMail: ({ subject, to }) => report.note(`Mail for ${to}: ${subject}`),
    });
  const outbox = await report.step("Outbox", start, ({ url }) => url);
  closers.push(() => outbox.close());
  report.part("Outbox", "running", outbox.url);
  return outbox;
}

function mailTo({ smtpUrl }: Outbox, verification: MailPlace["verification"] = "asked"): MailPlace {
  return { url: smtpUrl, from: "Tracer <tracer@localhost>", verification };
}

async function notOurs(): Promise<never> {
  throw new Error(
    "The database and Electric of this stack run elsewhere, so the stack cannot stop or start them.",
  );
}
