import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { codeOf } from "../errors/error-code.ts";
import { NotReadyError } from "../errors/not-ready-error.ts";
import { OutdatedError } from "../errors/outdated-error.ts";
import { RequestError } from "../errors/request-error.ts";
import { UnpublishedError } from "../errors/unpublished-error.ts";
import { classOf, sqlState, sqlStateClass } from "../postgres/sqlstate.ts";
import { AbandonedError } from "../snapshot/snapshot-pages.ts";
import { BodyError } from "./body.ts";
import { privateCaching } from "./caching.ts";
import { electricHeader, type Headers } from "./headers.ts";
import { sendMustRefetch } from "./must-refetch.ts";
import { sendError } from "./respond.ts";

const invalidRequest = "Invalid request";
const retryLater = { "retry-after": "5" };
/** Headers of an error that lasts until a person changes something in the database. */
const knownError = { "retry-after": "10", [electricHeader.knownError]: "true" };

/** The classes of codes with which Postgres refuses a condition: a value out of range, too many terms. */
const conditionRefusals: string[] = [
  sqlStateClass.dataException,
  sqlStateClass.featureNotSupported,
  sqlStateClass.programLimitExceeded,
  sqlStateClass.syntaxErrorOrAccessRuleViolation,
];

/** An answer that refuses a request. */
interface Refusal {
  readonly status: number;
  readonly answer: unknown;
  readonly headers?: Headers;
}

const unforeseen: Refusal = {
  status: 503,
  answer: { message: "The database cannot be reached. Try again." },
  headers: retryLater,
};

/** Answers a request for a shape that has failed with `error`. Only unforeseen errors are logged. */
export function sendFailure(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  log: Logger,
): void {
  if (error instanceof AbandonedError || error instanceof OutdatedError) {
    sendMustRefetch(request, response, undefined);
    return;
  }
  const refusal = refusalOf(error);
  if (!refusal) log.error({ err: error, code: codeOf(error) }, "a request failed");
  const { status, answer, headers } = refusal ?? unforeseen;
  sendError(request, response, status, answer, headers);
}

/** How an error is answered; undefined for an unforeseen one. */
function refusalOf(error: unknown): Refusal | undefined {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RequestError) {
    return { status: 400, answer: { message: invalidRequest, errors: error.errors } };
  }
  if (error instanceof BodyError) {
    return { status: error.status, answer: error.answer, headers: { "cache-control": privateCaching } };
  }
  if (error instanceof NotReadyError) return { status: 503, answer: { message }, headers: retryLater };
  if (error instanceof UnpublishedError) return { status: 503, answer: { message }, headers: knownError };
  const code = codeOf(error) ?? "";
  if (code === sqlState.insufficientPrivilege) {
    return { status: 503, answer: { message: `The table cannot be read: ${message}.` }, headers: knownError };
  }
  if (conditionRefusals.includes(classOf(code))) {
    return { status: 400, answer: { message: invalidRequest, errors: { where: [message] } } };
  }
  return undefined;
}
