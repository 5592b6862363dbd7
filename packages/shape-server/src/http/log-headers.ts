import { schemaHeader } from "../catalog/schema-header.ts";
import { formatOffset, type LogOffset } from "../log/offset.ts";
import { logCaching } from "./caching.ts";
import { nextCursor } from "./cursor.ts";
import { electricHeader, type Headers, shapeHeaders } from "./headers.ts";
import type { LogRequest } from "./log-request.ts";
import { send } from "./respond.ts";

/** What an answer says about itself. */
export interface Description {
  /** Where the answer ends. */
  readonly end: LogOffset;
  readonly upToDate: boolean;
  /** True when nothing has happened. Such answers have etags of their own, so that no cache confuses them. */
  readonly noChanges?: boolean;
}

/** The headers of an answer with a part of a shape's log. */
export function logHeaders(log: LogRequest, description: Description): Headers {
  const { options, request, shape, parameters } = log;
  const columns = options.engine.columnsOf(shape.definition);
  return {
    ...shapeHeaders(request),
    "cache-control": logCaching(request, parameters, options),
    etag: `"${etag(log, description)}"`,
    ...(parameters.live
      ? { [electricHeader.cursor]: nextCursor(options.longPollMs, log.cursor) }
      : { [electricHeader.schema]: schemaHeader(columns) }),
    [electricHeader.handle]: shape.handle,
    [electricHeader.offset]: formatOffset(description.end),
    ...(description.upToDate ? { [electricHeader.upToDate]: "" } : {}),
    [electricHeader.hasData]: description.noChanges ? "false" : "true",
  };
}

let answersWithoutChanges = 0;

function etag({ shape, parameters }: LogRequest, { end, noChanges }: Description): string {
  const { offset } = parameters;
  const start = offset === "now" ? "now" : formatOffset(offset);
  const name = `${shape.handle}:${start}:${formatOffset(end)}`;
  return noChanges ? `${name}:${Date.now()}${answersWithoutChanges++}` : name;
}

/** When the client holds the answer with these headers already, answers with 304 and returns true. */
export function sendNotModified({ request, response }: LogRequest, headers: Headers): boolean {
  const held = request.headers["if-none-match"];
  if (held === undefined) return false;
  const etags = held.split(",").map(withoutQuotes);
  if (!etags.includes(withoutQuotes(headers.etag ?? ""))) return false;
  const { [electricHeader.schema]: _, ...rest } = headers;
  send(response, 304, rest, "");
  return true;
}

const withoutQuotes = (etag: string) => etag.trim().replace(/^"+|"+$/g, "");
