/**
 * The line: one request of a browser that carries the live polls of all shapes in all tabs. The browser posts the
 * polls. The server asks the route of each shape, and sends a frame for each answer, one JSON object on each line of
 * text. Then the server polls on from where the answer ended, so that the browser need not ask again.
 */

/** Where the browser posts the polls of its line. */
export const linePath = "/api/line";

/** How often the server sends a sign of life, in seconds. */
export const heartbeatSeconds = 10;

/** How long a connection may be silent before it counts as dead, in seconds. */
export const silenceSeconds = 30;

/** How many polls one line may carry. */
export const pollsPerLine = 64;

/** The body that a browser posts. */
export interface LineRequest {
  /** The path and the query of a live request for each shape. */
  polls: string[];
  /** A UUID that the browser has given itself. A newer line of a browser takes the place of an older one. */
  browser: string;
}

/** The answer of a shape's route to a poll. */
export interface Answer {
  status: number;
  /** The headers of Electric's protocol, `content-type` and `retry-after`, by lower-case name. */
  headers: Record<string, string>;
  body: string;
}

/**
 * A frame from the server: an answer with the index of its poll in the request, a sign of life, or the last frame of a
 * line whose place a newer line of the same browser has taken.
 */
export type Frame = (Answer & { poll: number }) | { alive: true } | { replaced: true };

/**
 * Computes the poll that follows an answer. The server goes on with this poll, and Electric's client in the browser
 * asks the same poll next.
 *
 * @param poll path and query of the answered poll
 * @returns undefined when no poll follows, because the shape was refused or lost, more data has to load first, or a part of
 *   the answer is missing
 */
export function nextPoll(poll: string, { status, headers, body }: Answer): string | undefined {
  const { "electric-handle": handle, "electric-offset": offset, "electric-cursor": cursor } = headers;
  if (status !== 200 || headers["electric-up-to-date"] === undefined || !handle || !offset) return undefined;
  if (!body.trimEnd().endsWith("]")) return undefined;
  const [path = "", query] = poll.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set("handle", handle);
  parameters.set("offset", offset);
  if (cursor) parameters.set("cursor", cursor);
  return `${path}?${parameters}`;
}

/**
 * Says whether an answer to a poll moves on from where the poll waited, and so may bring changes.
 *
 * @param query the query of the poll
 */
export function movesOn(query: string, { headers }: Pick<Answer, "headers">): boolean {
  return headers["electric-offset"] !== new URLSearchParams(query).get("offset");
}

/**
 * Computes the place where a poll waits: the shape and the offset. Polls at the same place get the same answer.
 *
 * @param poll path and query of the poll
 */
export function placeOf(poll: string): string {
  const [path = "", query] = poll.split("?");
  const parameters = new URLSearchParams(query);
  // The cursor only keeps a cache from answering a poll with an old answer. The cursor is no part of the place.
  parameters.delete("cursor");
  parameters.sort();
  return `${path}?${parameters}`;
}
