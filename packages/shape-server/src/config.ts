import { defaultCacheMaxAge, defaultCacheStaleAge } from "./http/caching.ts";
import { defaultPageBytes } from "./log/log-index.ts";
import type { ShapeServerOptions } from "./server.ts";

/** A setting is missing or cannot be read. */
export class ConfigError extends Error {}

/** Environment variables by name. */
export interface Environment {
  readonly [name: string]: string | undefined;
}

/** The environment variables and what they mean. The names are Electric's. */
export const variables: [name: string, meaning: string][] = [
  ["DATABASE_URL", "a direct connection to Postgres (required)"],
  ["ELECTRIC_PORT", "where to listen, 3000 by default"],
  ["ELECTRIC_SECRET", "what requests for shapes must carry as `secret`"],
  ["ELECTRIC_INSECURE", "true: no secret, everybody may read everything"],
  ["ELECTRIC_STORAGE_DIR", "where shapes are kept, ./persistent by default"],
  ["ELECTRIC_REPLICATION_STREAM_ID", 'tells servers on one cluster apart, "default" by default'],
  ["ELECTRIC_LONG_POLL_TIMEOUT", "how long a live request waits, 20000 ms by default"],
  ["ELECTRIC_ENABLE_INTEGRATION_TESTING", "true: shapes may be deleted over HTTP"],
  ["ELECTRIC_LOG_LEVEL", "error, warning, info (default) or debug"],
  ["ELECTRIC_DB_POOL_SIZE", "connections for snapshots, 20 by default"],
  ["ELECTRIC_MAX_SHAPES", "beyond so many, idle shapes are dropped, 10000 by default"],
  ["ELECTRIC_CACHE_MAX_AGE", "how long caches keep an answer, 60 s by default"],
  ["ELECTRIC_CACHE_STALE_AGE", "how much longer, while they ask for a new one, 300 s by default"],
  ["ELECTRIC_SHAPE_CHUNK_BYTES_THRESHOLD", "an answer ends when it is this long, 10485760 bytes by default"],
];

const yearSeconds = 31_536_000;

const logLevels: Record<string, string> = {
  error: "error",
  warning: "warn",
  warn: "warn",
  info: "info",
  debug: "debug",
};

/**
 * Reads the settings from environment variables. An empty variable counts as absent.
 *
 * @throws ConfigError
 */
export function readConfig(environment: Environment): ShapeServerOptions {
  const get = (name: string) => environment[name] || undefined;
  const databaseUrl = get("DATABASE_URL");
  if (databaseUrl === undefined) throw new ConfigError("DATABASE_URL is not set.");
  if (!/^postgres(ql)?:\/\//.test(databaseUrl) || !URL.canParse(databaseUrl)) {
    throw new ConfigError(
      "DATABASE_URL must be the URL of a Postgres database, such as postgresql://user:password@host:5432/name.",
    );
  }
  const secret = get("ELECTRIC_SECRET");
  const insecure = flag("ELECTRIC_INSECURE", get("ELECTRIC_INSECURE"));
  if (secret === undefined && !insecure) {
    throw new ConfigError("Set ELECTRIC_SECRET, or ELECTRIC_INSECURE=true if everybody may read everything.");
  }
  if (secret !== undefined && insecure) {
    throw new ConfigError("ELECTRIC_SECRET and ELECTRIC_INSECURE=true exclude each other.");
  }
  // Electric folds the name to lower case, as Postgres folds a name without quotes.
  const streamId = (get("ELECTRIC_REPLICATION_STREAM_ID") ?? "default").toLowerCase();
  // The id is part of the name of a replication slot.
  if (!/^[a-z0-9_]{1,40}$/.test(streamId)) {
    throw new ConfigError("ELECTRIC_REPLICATION_STREAM_ID may have letters, digits and underscores.");
  }
  const level = get("ELECTRIC_LOG_LEVEL") ?? "info";
  const logLevel = logLevels[level];
  if (logLevel === undefined) throw new ConfigError(`ELECTRIC_LOG_LEVEL cannot be "${level}".`);
  const number = (name: string, otherwise: number, least: number, most: number) =>
    whole(name, get(name), otherwise, least, most);
  return {
    databaseUrl,
    port: number("ELECTRIC_PORT", 3000, 0, 65_535),
    storageDir: get("ELECTRIC_STORAGE_DIR") ?? "./persistent",
    secret: secret ?? null,
    longPollTimeout: number("ELECTRIC_LONG_POLL_TIMEOUT", 20_000, 1, 3_600_000),
    allowDelete: flag("ELECTRIC_ENABLE_INTEGRATION_TESTING", get("ELECTRIC_ENABLE_INTEGRATION_TESTING")),
    replicationStreamId: streamId,
    logLevel,
    poolSize: number("ELECTRIC_DB_POOL_SIZE", 20, 2, 1_000),
    maxShapes: number("ELECTRIC_MAX_SHAPES", 10_000, 1, 10_000_000),
    cacheMaxAge: number("ELECTRIC_CACHE_MAX_AGE", defaultCacheMaxAge, 0, yearSeconds),
    cacheStaleAge: number("ELECTRIC_CACHE_STALE_AGE", defaultCacheStaleAge, 0, yearSeconds),
    chunkBytes: number("ELECTRIC_SHAPE_CHUNK_BYTES_THRESHOLD", defaultPageBytes, 1, 1_000_000_000),
  };
}

/** Reads a flag as Electric does. Values such as "no", which Electric takes for true, are refused. */
function flag(name: string, text: string | undefined): boolean {
  const value = text?.toLowerCase() ?? "false";
  if (["false", "0"].includes(value)) return false;
  if (["true", "1", "yes", "on"].includes(value)) return true;
  throw new ConfigError(`${name} is true or false, not "${text}".`);
}

/** Reads a whole number from `least` to `most`; `otherwise` when the variable is absent. */
function whole(
  name: string,
  text: string | undefined,
  otherwise: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new ConfigError(`${name} is a whole number from ${least} to ${most}, not "${text}".`);
  }
  return value;
}
