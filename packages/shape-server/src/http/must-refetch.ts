import type { IncomingMessage, ServerResponse } from "node:http";
import { mustRefetch } from "../log/messages.ts";
import { mustRefetchCaching } from "./caching.ts";
import { electricHeader, shapeHeaders } from "./headers.ts";
import { send } from "./respond.ts";

/** Answers that the client must start again, with the shape `handle` where the server knows it. */
export function sendMustRefetch(
  request: IncomingMessage,
  response: ServerResponse,
  handle: string | undefined,
): void {
  const headers = {
    ...shapeHeaders(request),
    "cache-control": mustRefetchCaching(request, handle),
    ...(handle === undefined ? {} : { [electricHeader.handle]: handle, etag: `"${handle}::"` }),
  };
  send(response, 409, headers, mustRefetch);
}
