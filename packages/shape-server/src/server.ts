import { pino } from "pino";
import { Engine } from "./engine.ts";
import type { SetupError } from "./errors/setup-error.ts";
import { HttpServer } from "./http/server.ts";

export type ShapeServerOptions = {
  /** A direct connection, not through a pooler; the role needs REPLICATION and to own the tables. */
  databaseUrl: string;
  /** 3000 by default; 0 takes a free one. */
  port?: number;
  /** All interfaces by default. */
  host?: string;
  /** Where shapes are kept from one run to the next. */
  storageDir: string;
  /** Requests for shapes must carry it; null or absent: anybody may read everything. */
  secret?: string | null;
  /** How long a live request waits for a change, in ms; 20,000 by default. */
  longPollTimeout?: number;
  /** Whether shapes may be deleted over HTTP. */
  allowDelete?: boolean;
  /** Servers on one cluster need different ones; "default" by default. */
  replicationStreamId?: string;
  /** As pino has them; "silent" by default. */
  logLevel?: string;
  /** Connections for snapshots, 20 by default. */
  poolSize?: number;
  /** Beyond so many, shapes that nobody waits for are dropped, the least recently used first; 10,000 by default. */
  maxShapes?: number;
  /** How often the catalog is looked at for what the stream does not tell, in ms; 10,000 by default. */
  verifyInterval?: number;
  /** How long the start may wait for the database and for the slot, in ms; 30,000 by default. */
  startTimeout?: number;
};

export type ShapeServer = AsyncDisposable & {
  url: string;
  port: number;
  /** Answers those who wait, writes everything down, and ends. */
  close(): Promise<void>;
};

/** A server that listens but may not be able to serve yet. */
export type ListeningServer = ShapeServer & {
  /** Resolves when shapes can be served; rejects with what is wrong. */
  ready(ms: number): Promise<void>;
  /** Resolves when nothing but a person can help. */
  failed: Promise<SetupError | Error>;
};

const libraryLogLevel = "silent";

/** Starts to listen and, in the background, to replicate. */
export async function listen(options: ShapeServerOptions): Promise<ListeningServer> {
  const log = pino({ name: "shape-server", level: options.logLevel ?? libraryLogLevel });
  const engine = new Engine({
    databaseUrl: options.databaseUrl,
    storageDir: options.storageDir,
    streamId: options.replicationStreamId ?? "default",
    poolSize: options.poolSize ?? 20,
    maxShapes: options.maxShapes ?? 10_000,
    verifyInterval: options.verifyInterval ?? 10_000,
    log,
  });
  const http = new HttpServer({
    engine,
    secret: options.secret ?? null,
    longPollMs: options.longPollTimeout ?? 20_000,
    allowDelete: options.allowDelete ?? false,
    log,
  });
  const port = await http.listen(options.port ?? 3000, options.host).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  engine.start();
  let closing: Promise<void> | null = null;
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
        await engine.untilActive(ms);
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
 * @throws SetupError with advice when the database is not set up for it; whatever else kept it from starting.
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
