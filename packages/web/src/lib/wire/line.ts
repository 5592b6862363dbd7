/**
 * The line: one request of a browser that carries the live polls of all shapes, of all of its tabs. The browser posts the
 * polls; the server asks the shapes' own routes, and sends a frame for each answer, one JSON object on each line of text.
 * Then the server polls on from where the answer ended, so that the browser need not ask again.
 */

/** Where the browser posts the polls of its line. */
export const linePath = "/api/line";

/** How often the server sends a frame when there is nothing to say, in seconds. */
export const heartbeatSeconds = 10;

/** After how long without a byte a connection counts as dead, in seconds. */
export const silenceSeconds = 30;

/** How many polls one line may carry. */
export const pollsPerLine = 64;

/** What a browser posts: each poll as the path and the query of a live request for a shape. */
export interface LineRequest {
  polls: string[];
}

/** The answer to a poll, as the shape's own route gave it. */
export interface Answer {
  status: number;
  /** The headers of Electric's protocol and the content type, by lower-case name. */
  headers: Record<string, string>;
  body: string;
}

/** What the server sends: an answer with the place of its poll in the request, or a sign of life. */
export type Frame = (Answer & { poll: number }) | { alive: true };

/**
 * The poll that follows an answer: the server goes on with it, and Electric's client in the browser asks the same next.
 *
 * @param poll path and query of the poll that was answered
 * @returns undefined when a shape cannot be followed on: it is refused, lost, or there is more to load first
 */
export function nextPoll(poll: string, { status, headers }: Omit<Answer, "body">): string | undefined {
  const { "electric-handle": handle, "electric-offset": offset, "electric-cursor": cursor } = headers;
  if (status !== 200 || headers["electric-up-to-date"] === undefined || !handle || !offset) return undefined;
  const [path = "", query] = poll.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set("handle", handle);
  parameters.set("offset", offset);
  if (cursor) parameters.set("cursor", cursor);
  return `${path}?${parameters}`;
}

/**
 * Where in which shape a poll waits. Polls at the same place have the same answer.
 *
 * @param poll path and query of the poll
 */
export function placeOf(poll: string): string {
  const [path = "", query] = poll.split("?");
  const parameters = new URLSearchParams(query);
  // The cursor keeps caches between Electric and its clients apart. It says nothing of the place.
  parameters.delete("cursor");
  parameters.sort();
  return `${path}?${parameters}`;
}
