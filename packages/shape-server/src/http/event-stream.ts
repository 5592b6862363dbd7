import type { LogOffset } from "../log/offset.ts";
import { eventStreamType, type Headers } from "./headers.ts";
import { type Description, logHeaders } from "./log-headers.ts";
import type { LogRequest } from "./log-request.ts";

/** The headers of a stream of server-sent events that begins with `description`. */
export function eventStreamHeaders(log: LogRequest, description: Description): Headers {
  return { ...logHeaders(log, description), "content-type": eventStreamType };
}

/**
 * The position that a stream of events names once it has sent everything up to the transaction at `tx`. The official
 * client goes on from `<position>_0`. The position lies one byte behind the transaction, so that the client does not
 * receive a part of the transaction again. No other transaction commits there, since WAL records begin at multiples of
 * eight bytes.
 */
export const lsnBehind = (tx: number): number => tx + 1;

/** True when `offset` is the place that a stream of events named last, and nothing has happened since. */
export function isStreamEnd({ shape }: LogRequest, offset: LogOffset): boolean {
  const { tx } = shape.log.end;
  return tx > 0 && offset.op === 0 && offset.tx === lsnBehind(tx);
}
