import "@tanstack/react-start/server-only";
import { setTimeout as delay } from "node:timers/promises";
import { refusalAt } from "~/lib/server/http/refusal";
import { promptRefusals } from "~/lib/server/limits";
import { takeOne } from "~/lib/server/load/take-one";
import { logLimited } from "~/lib/server/log/security-event";

/** What a limit bounds, for the log. */
export type Limited =
  | "bodies"
  | "downloads"
  | "guesses"
  | "hashing"
  | "lines"
  | "pictures"
  | "polls"
  | "requests"
  | "shapes"
  | "uploads"
  | "writes";

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

/** When the refusals that have gone out no longer count, as `performance.now()` tells the time. */
let refusedUntil = 0;

/**
 * Refuses a request over a limit, in the form that the client of the address reads: 429 when the client itself asks too
 * much, 503 when all clients together do. The refusal is a security event.
 *
 * The refusal goes out at once, but for a flood of refusals: who asks again after each would keep the process busy. See
 * {@link promptRefusals}.
 *
 * @param user the id of the signed-in user, if the request has one
 */
export async function refuseOverload(
  { url }: Pick<Request, "url">,
  { limited, of, retryAfter }: Overload,
  user?: string,
): Promise<Response> {
  logLimited(limited, user);
  if (isOneOfMany()) await delay(promptRefusals.waits * (0.5 + Math.random()));
  const wait = { "retry-after": String(retryAfter) };
  return of === "client"
    ? refusalAt(url, "TOO_MANY_REQUESTS", "That was too much at once. Try again in a moment.", wait)
    : refusalAt(url, "SERVICE_UNAVAILABLE", "Too many people want this at the moment. Try again soon.", wait);
}

function isOneOfMany(): boolean {
  const until = takeOne(refusedUntil, promptRefusals);
  refusedUntil = until ?? refusedUntil;
  return until === undefined;
}
