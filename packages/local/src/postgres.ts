import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import getPort from "get-port";
import { Client, escapeIdentifier } from "pg";
import { serverAccount } from "./postgres/account.ts";
import { postgresBinaries } from "./postgres/binaries.ts";
import { damaged, openCluster, SUPERUSER } from "./postgres/cluster.ts";
import { stopOrphan } from "./postgres/orphan.ts";
import { PostmasterError, type Settings, spawnPostmaster, stopPostmaster } from "./postgres/postmaster.ts";
import { StackError } from "./stack-error.ts";

export type PostgresOptions = {
  /** Where the cluster is kept; made when it is not there. */
  dataDir: string;
  /** This port and no other. */
  port?: number;
  /** Without `port`: the first free one of these, or else any. */
  preferredPorts?: Iterable<number>;
  /** false: quicker, and lost when the machine crashes. For tests. */
  fsync?: boolean;
  /** More server settings, as in postgresql.conf. */
  settings?: Settings;
};

export type Postgres = AsyncDisposable & {
  /** The superuser's URL of the database "postgres". */
  url: string;
  port: number;
  /** The postmaster's process number. */
  pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  exited: Promise<void>;
  /** The URL of the database `name`, which is created when it is not there. */
  createDatabase(name: string): Promise<string>;
  /** Ends all sessions and shuts down cleanly. */
  stop(): Promise<void>;
  /** `kill -9` of the postmaster, for tests of what comes after. */
  kill(): Promise<void>;
};

/**
 * Starts a real Postgres from npm on 127.0.0.1, with logical replication turned on.
 *
 * The data outlives it. A server that a killed run left behind on the same directory is stopped first. The server ends
 * with this process, whatever ends that. As root it runs under another user.
 *
 * @throws StackError when it cannot run: no binaries for this machine, other version, damaged data, port taken.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const home = resolve(options.dataDir);
  const fsync = options.fsync ?? true;
  const account = serverAccount();
  const binaries = await postgresBinaries(account);
  await mkdir(home, { recursive: true });
  const { dataDir, password } = await openCluster(home, binaries, account, fsync);
  await stopOrphan(dataDir);

  const start = async (port: number) =>
    spawnPostmaster({
      postgres: binaries.postgres,
      dataDir,
      account,
      settings: { ...SETTINGS, port, ...(fsync ? {} : NOT_DURABLE), ...options.settings },
      logFile: join(home, "postgres.log"),
    });

  const giveUp = Date.now() + 10_000;
  const freePort = () => getPort(options.preferredPorts ? { port: options.preferredPorts } : {});
  let port = options.port ?? (await freePort());
  let child: Awaited<ReturnType<typeof start>> | undefined;
  while (!child) {
    try {
      child = await start(port);
    } catch (error) {
      if (!(error instanceof PostmasterError)) throw error;
      if (error.portTaken && options.port !== undefined) {
        throw new StackError(
          `Port ${port}, for Postgres, is taken.`,
          "Stop the program that uses it, or choose another port.",
        );
      }
      const passing = error.portTaken || error.locked;
      if (!passing || Date.now() > giveUp) throw damaged(home, error.log);
      if (error.portTaken) port = await freePort();
      await delay(100);
    }
  }

  const postmaster = child;
  const urlOf = (database: string) =>
    `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const exited = new Promise<void>((done) => {
    if (postmaster.exitCode !== null || postmaster.signalCode !== null) done();
    else postmaster.once("exit", () => done());
  });
  const stop = () => stopPostmaster(postmaster, binaries.postgres, dataDir);
  return {
    url: urlOf("postgres"),
    port,
    pid: postmaster.pid ?? 0,
    exited,
    async createDatabase(name) {
      await createDatabase(urlOf("postgres"), name);
      return urlOf(name);
    },
    stop,
    async kill() {
      postmaster.kill("SIGKILL");
      await exited;
    },
    [Symbol.asyncDispose]: stop,
  };
}

const SETTINGS: Settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  wal_level: "logical",
  max_wal_senders: 50,
  max_replication_slots: 50,
  max_connections: 200,
  timezone: "UTC",
  log_timezone: "UTC",
};

// What is committed still outlives a killed server, though not a machine that crashes.
const NOT_DURABLE: Settings = { fsync: "off", full_page_writes: "off" };

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
    if (rowCount === 0) await client.query(`create database ${escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
