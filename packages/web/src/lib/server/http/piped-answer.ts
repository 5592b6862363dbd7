import type { ServerResponse } from "node:http";

/** The body of an answer. One of the two methods is called, once. */
export interface PipedBody {
  /** Writes the body, and ends the response. */
  pipe(response: ServerResponse): void;
  /** The client has gone before the answer began. */
  destroy(): void;
}

/**
 * Makes an answer whose body is written to Node's response by the app itself, for an answer that stays open for long. For
 * the Node build alone, whose server writes a body with a method `pipe` by calling the method, after the head has been sent.
 *
 * A stream of the web platform, with its reader and its queue, takes four kilobytes of memory while it waits.
 *
 * @param init status and headers
 */
export function pipedAnswer(body: PipedBody, init: ResponseInit): Response {
  // The platform's own class takes no such body.
  return Object.defineProperty(new Response(null, init), "body", { value: body });
}
