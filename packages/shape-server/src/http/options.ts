import type { Logger } from "pino";
import type { Engine } from "../engine.ts";

/** The settings of the HTTP side of the server. */
export interface HttpOptions {
  readonly engine: Engine;
  /** What requests for shapes must carry; null when everybody may read everything. */
  readonly secret: string | null;
  /** How long a live request waits for a change. */
  readonly longPollMs: number;
  /** Whether shapes may be deleted over HTTP. */
  readonly allowDelete: boolean;
  /** How long caches may keep an answer, in seconds; see `logCaching`. */
  readonly cacheMaxAge: number;
  readonly cacheStaleAge: number;
  readonly log: Logger;
}
