import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { codeOf } from "../replication/errors.ts";
import { UnpublishedError } from "../replication/publication.ts";
import { sendError } from "./respond.ts";

/** Shapes cannot be served yet. */
export class NotReadyError extends Error {}

const RETRY = { "retry-after": "5" };
/** Somebody has to change something in the database first. */
const KNOWN = { "retry-after": "10", "electric-internal-known-error": "true" };

/** Answers a request that failed for no fault of its parameters, as far as is known. */
export function sendFailure(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  log: Logger,
): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error) ?? "";
  if (error instanceof NotReadyError) {
    sendError(request, response, 503, { message }, RETRY);
  } else if (error instanceof UnpublishedError) {
    sendError(request, response, 503, { message }, KNOWN);
  } else if (code === "42501") {
    sendError(request, response, 503, { message: `The table cannot be read: ${message}.` }, KNOWN);
  } else if (/^(22|42|0A|54)/.test(code)) {
    // Postgres refused the condition itself: a division by zero, a value out of range, too many terms
    sendError(request, response, 400, { message: "Invalid request", errors: { where: [message] } });
  } else {
    log.error({ err: error, code }, "a request failed");
    sendError(request, response, 503, { message: "The database cannot be reached. Try again." }, RETRY);
  }
}
