import "@tanstack/react-start/server-only";
import { refusalAt } from "~/lib/server/http/refusal";
import { logLimited } from "~/lib/server/log/security-event";

/** What a limit bounds, for the log. */
export type Limited = "bodies" | "guesses" | "hashing" | "polls" | "requests" | "shapes" | "writes";

/** A limit is reached. The client may ask again later. */
export class Overload extends Error {
  override name = "Overload";
  readonly limited: Limited;
  /** Whose limit this is: the client's own, or that of all clients together. */
  readonly of: "client" | "everybody";
  /** How long the client is to wait, in seconds. */
  readonly retryAfter: number;

  constructor(limited: Limited, of: Overload["of"], retryAfter = 1) {
    super(`The limit on ${limited} is reached.`);
    this.limited = limited;
    this.of = of;
    this.retryAfter = retryAfter;
  }
}

/**
 * Refuses a request over a limit, in the form that the client of the address reads: 429 when the client itself asks too
 * much, 503 when all clients together do. The refusal is a security event.
 *
 * @param user the id of the signed-in user, if the request has one
 */
export function refusalOfOverload(
  { url }: Pick<Request, "url">,
  { limited, of, retryAfter }: Overload,
  user?: string,
): Response {
  logLimited(limited, user);
  const wait = { "retry-after": String(retryAfter) };
  return of === "client"
    ? refusalAt(url, "TOO_MANY_REQUESTS", "That was too much at once. Try again in a moment.", wait)
    : refusalAt(url, "SERVICE_UNAVAILABLE", "Too many people want this at the moment. Try again soon.", wait);
}
