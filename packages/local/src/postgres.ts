import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import getPort from "get-port";
import { Client, escapeIdentifier } from "pg";
import { serverAccount } from "./postgres/account.ts";
import { postgresBinaries } from "./postgres/binaries.ts";
import { damaged, isDiskFull, noRoom, openCluster, superuser } from "./postgres/cluster.ts";
import { stopOrphan } from "./postgres/orphan.ts";
import { PostmasterError, type Settings, spawnPostmaster, stopPostmaster } from "./postgres/postmaster.ts";
import { StackError } from "./stack-error.ts";

export interface PostgresOptions {
  /** The folder of the cluster, which is created when there is none. */
  dataDir: string;
  /** The port to listen on. */
  port?: number;
  /** Without `port`, the server takes the first free one of these ports, or else any. */
  preferredPorts?: Iterable<number>;
  /** `false` makes the server quicker, but a crash of the machine may damage the data. For tests. */
  fsync?: boolean;
  /** Further server settings, as in postgresql.conf. */
  settings?: Settings;
}

export interface Postgres extends AsyncDisposable {
  /** The superuser's URL of the database "postgres". */
  url: string;
  port: number;
  /** The process id of the postmaster. */
  pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  exited: Promise<void>;
  /** Creates the database `name` when there is none, and returns the superuser's URL of that database. */
  createDatabase(name: string): Promise<string>;
  /** Ends all sessions and shuts down cleanly. */
  stop(): Promise<void>;
  /** Kills the postmaster with SIGKILL, for tests of the recovery. */
  kill(): Promise<void>;
}

/**
 * Starts a real Postgres from npm on 127.0.0.1, with logical replication turned on.
 *
 * The server ends with this process, even by `kill -9`, and its data stays. When an earlier run left a server behind on
 * the same folder, that server is stopped first. When this process runs as root, the server runs as another user.
 *
 * @throws StackError when there are no binaries for this machine, when the data is damaged or of another version, when
 *   the disk is full, or when `port` is taken
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
      settings: { ...serverSettings, port, ...(fsync ? {} : withoutFsync), ...options.settings },
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
          "Stop the program that uses the port, or choose another port.",
        );
      }
      const passing = error.portTaken || error.locked;
      if (error.diskFull || (await isDiskFull(home))) throw noRoom(home, error.log);
      if (!passing || Date.now() > giveUp) throw damaged(home, error.log);
      if (error.portTaken) port = await freePort();
      await delay(100);
    }
  }

  const postmaster = child;
  const urlOf = (database: string) =>
    `postgresql://${superuser}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
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

const serverSettings: Settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  wal_level: "logical",
  max_wal_senders: 50,
  max_replication_slots: 50,
  max_connections: 200,
  timezone: "UTC",
  log_timezone: "UTC",
};

// Committed rows survive a killed server, but not a crash of the machine.
const withoutFsync: Settings = { fsync: "off", full_page_writes: "off" };

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
