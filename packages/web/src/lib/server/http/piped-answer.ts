import type { ServerResponse } from "node:http";

/**
 * Makes an answer whose body is written to Node's response by the app itself, for an answer that stays open for long. For
 * the Node build alone, whose server writes a body with a method `pipe` by calling the method, after the head has been sent.
 *
 * A stream of the web platform, with its reader and its queue, takes four kilobytes of memory while it waits.
 *
 * @param pipe is called once, and ends the response
 */
export function pipedAnswer(pipe: (response: ServerResponse) => void, init: ResponseInit): Response {
  // The platform's own class takes no such body.
  return Object.defineProperty(new Response(null, init), "body", { value: { pipe } });
}
