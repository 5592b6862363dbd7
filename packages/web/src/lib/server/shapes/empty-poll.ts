import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { uncacheable } from "~/lib/wire/caching";

/** A handle, an offset or a cursor as Electric writes them. The client's own text must not become any other header. */
const wellFormed = /^[\w-]{1,128}$/;

/**
 * Answers a live poll as Electric does when the time is over without changes: the client goes on from the same place.
 *
 * @param asked the parameters of the poll
 * @returns 503 when the poll does not name its place
 */
export function emptyPoll(asked: URLSearchParams): Response {
  const [handle, offset, cursor] = ["handle", "offset", "cursor"].map((name) => asked.get(name) ?? "");
  if (!handle || !offset || ![handle, offset, cursor || "0"].every((text) => wellFormed.test(text)))
    return refusal(503, "This server is stopping. Ask again.", retryAfter);
  return Response.json([{ headers: { control: "up-to-date" } }], {
    headers: {
      "cache-control": uncacheable,
      "electric-handle": handle,
      "electric-offset": offset,
      "electric-up-to-date": "",
      ...(cursor && { "electric-cursor": cursor }),
    },
  });
}
