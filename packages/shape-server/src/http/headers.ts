import type { IncomingMessage } from "node:http";

/** Headers of an answer, by their names in lower case. */
export type Headers = Record<string, string>;

/** The headers of Electric's protocol. */
export const electricHeader = {
  cursor: "electric-cursor",
  handle: "electric-handle",
  hasData: "electric-has-data",
  knownError: "electric-internal-known-error",
  offset: "electric-offset",
  schema: "electric-schema",
  snapshot: "electric-snapshot",
  upToDate: "electric-up-to-date",
} as const;

export const jsonType = "application/json; charset=utf-8";
export const eventStreamType = "text/event-stream";

/** The methods of `/v1/shape`, and of every other path. */
export const shapeMethods = "GET, POST, HEAD, DELETE, OPTIONS";
export const otherMethods = "GET, HEAD";

/** The headers that scripts of other origins may read. */
const exposed = [
  electricHeader.cursor,
  electricHeader.handle,
  electricHeader.hasData,
  electricHeader.offset,
  electricHeader.schema,
  electricHeader.upToDate,
  electricHeader.knownError,
  "retry-after",
].join(",");

/** Headers that let scripts of any origin read the answer. */
export function corsHeaders(request: IncomingMessage, methods: string): Headers {
  return {
    "access-control-allow-origin": request.headers.origin ?? "*",
    "access-control-allow-methods": methods,
    "access-control-expose-headers": exposed,
  };
}

/** The headers that every JSON answer of `/v1/shape` has. */
export function shapeHeaders(request: IncomingMessage): Headers {
  return {
    ...corsHeaders(request, shapeMethods),
    vary: "accept-encoding",
    "content-type": jsonType,
  };
}
