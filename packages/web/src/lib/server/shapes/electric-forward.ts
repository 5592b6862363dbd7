import { keepAlive } from "~/lib/server/http/keep-alive";
import { responseOf } from "~/lib/server/http/whole-answer";
import { firstByteSeconds } from "~/lib/server/limits";
import { AwaitedRequest } from "./electric-request";
import { answerWithout, endings, passedOn, refusalOf, wholeAnswer } from "./passed-answer";

/** What is read of the browser's request. */
type Asking = Pick<Request, "signal"> & { readonly headers: Pick<Headers, "get"> };

/**
 * Sends a shape request to Electric and streams the answer to the browser.
 *
 * The answer keeps its status, body and `electric-*` headers. The caching headers are replaced, because Electric's are
 * meant for a cache that serves the same answer to all clients. A failure becomes a plain 502, 503 or 504 with
 * `retry-after`, so that neither Electric's address nor the secret reaches the browser or the log.
 *
 * @param url the complete upstream URL, including the secret, in ASCII
 * @param request the browser's request. When its signal aborts, the upstream request ends too
 */
export async function forwardShape(url: string, request: Asking): Promise<Response> {
  const asked = new AwaitedRequest(url, request.headers.get("if-none-match"));
  const giveUp = () => asked.end(endings.givenUp);
  if (request.signal.aborted) giveUp();
  request.signal.addEventListener("abort", giveUp, { once: true });
  const timer = setTimeout(() => asked.end(endings.tooLate), firstByteSeconds * 1000);
  try {
    const answer = await asked.answer;
    const refused = await refusalOf(answer);
    if (refused) return refused;
    // A definition that Electric refuses is logged, and that takes the text.
    if (answer.status === 400) return responseOf(await wholeAnswer(answer));
    const passed = passedOn(answer);
    if (passed.body && answer.body instanceof ReadableStream) keepAlive(request, passed.body);
    return passed;
  } catch (error) {
    return answerWithout(error, url);
  } finally {
    clearTimeout(timer);
  }
}
