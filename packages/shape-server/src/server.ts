import { pino } from "pino";
import { Engine } from "./engine.ts";
import { defaultCacheMaxAge, defaultCacheStaleAge } from "./http/caching.ts";
import { HttpServer } from "./http/server.ts";
import { defaultPageBytes } from "./log/log-index.ts";

/** The settings of a server. */
export interface ShapeServerOptions {
  /** A direct connection, not one through a pooler. The role needs REPLICATION and must own the tables. */
  databaseUrl: string;
  /** 3000 by default; 0 for a free one. */
  port?: number;
  /** All interfaces by default. */
  host?: string;
  /** The directory in which shapes are kept from one run to the next. */
  storageDir: string;
  /** What requests for shapes must carry as `secret`. Without one, everybody may read everything. */
  secret?: string | null;
  /** How long a live request waits for a change, in ms; 20,000 by default. */
  longPollTimeout?: number;
  /** Whether shapes may be deleted over HTTP; false by default. */
  allowDelete?: boolean;
  /** Keeps servers on one cluster apart, when each has another one; "default" by default. */
  replicationStreamId?: string;
  /** One of pino's levels; "silent" by default. */
  logLevel?: string;
  /** How many connections there are for snapshots; 20 by default. */
  poolSize?: number;
  /** When there are more shapes, the server drops those that nobody waits for, the least used first; 10,000 by default. */
  maxShapes?: number;
  /** How long caches may keep an answer that is neither live nor the first one, in seconds; 60 by default. */
  cacheMaxAge?: number;
  /** How much longer caches may serve such an answer, while they ask for a new one, in seconds; 300 by default. */
  cacheStaleAge?: number;
  /** An answer ends with the message that makes its messages this long, in bytes; 10 MiB by default. */
  chunkBytes?: number;
  /** How often the server checks the catalog for changes that the stream does not report, in ms; 10,000 by default. */
  verifyInterval?: number;
  /** How long the start may wait for the database and for the slot, in ms; 30,000 by default. */
  startTimeout?: number;
}

/** A server that runs. */
export interface ShapeServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Answers the requests that wait, writes every shape to its files, and ends. */
  close(): Promise<void>;
}

/** A server that listens but may not be able to serve shapes yet. */
export interface ListeningServer extends ShapeServer {
  /** Resolves when shapes can be served; after `ms`, rejects with the reason why they cannot. */
  ready(ms: number): Promise<void>;
  /** Resolves with the reason when only a person can help. */
  readonly failed: Promise<Error>;
}

const libraryLogLevel = "silent";

/** Starts to listen, and starts to replicate in the background. */
export async function listen(options: ShapeServerOptions): Promise<ListeningServer> {
  const log = pino({ name: "shape-server", level: options.logLevel ?? libraryLogLevel });
  const engine = new Engine({
    databaseUrl: options.databaseUrl,
    storageDir: options.storageDir,
    streamId: options.replicationStreamId ?? "default",
    poolSize: options.poolSize ?? 20,
    maxShapes: options.maxShapes ?? 10_000,
    pageBytes: options.chunkBytes ?? defaultPageBytes,
    verifyInterval: options.verifyInterval ?? 10_000,
    log,
  });
  const http = new HttpServer({
    engine,
    secret: options.secret ?? null,
    longPollMs: options.longPollTimeout ?? 20_000,
    allowDelete: options.allowDelete ?? false,
    cacheMaxAge: options.cacheMaxAge ?? defaultCacheMaxAge,
    cacheStaleAge: options.cacheStaleAge ?? defaultCacheStaleAge,
    log,
  });
  const port = await http.listen(options.port ?? 3000, options.host).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  engine.start();
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= http.close().then(() => engine.close());
    return closing;
  };
  const failed = new Promise<Error>((resolve) => {
    engine.supervisor.watch(() => {
      if (engine.health === "failed" && engine.supervisor.failure) resolve(engine.supervisor.failure);
    });
  });
  return {
    url: `http://${hostInUrl(options.host)}:${port}`,
    port,
    close,
    ready: async (ms) => {
      try {
        await engine.supervisor.untilActive(ms);
      } catch (error) {
        throw engine.supervisor.failure ?? error;
      }
    },
    failed,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Starts a server that speaks Electric's protocol, and waits until it can serve shapes.
 *
 * @throws SetupError with advice when the database is not set up for replication; any other error that prevents the start.
 */
export async function startShapeServer(options: ShapeServerOptions): Promise<ShapeServer> {
  const server = await listen(options);
  try {
    await server.ready(options.startTimeout ?? 30_000);
  } catch (error) {
    await server.close();
    throw error;
  }
  const { url, port, close } = server;
  return { url, port, close, [Symbol.asyncDispose]: close };
}

function hostInUrl(host: string | undefined): string {
  if (host === undefined || host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
