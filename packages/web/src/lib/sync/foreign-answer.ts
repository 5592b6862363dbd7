import { LineAnswer } from "~/lib/sync/line/line-answer";

/**
 * True for an answer that is not as the server has sent it. A 409 of the server is JSON, and tells the client to fetch the
 * shape again at once, which the client must not do for as long as a proxy answers so. Rows end with a bracket: from an
 * answer that has lost its rows on the way, the client would go on as if nothing had changed.
 */
export async function isForeign(answer: Response): Promise<boolean> {
  const { status, headers } = answer;
  if (status === 409) return headers.get("content-type")?.startsWith("application/json") !== true;
  return status === 200 && !/[\]}]\s*$/.test(await endingOf(answer));
}

async function endingOf(answer: Response): Promise<string> {
  if (answer instanceof LineAnswer) return answer.ending;
  // The browser holds a large file outside of the memory of the page.
  return (await answer.clone().blob()).slice(-2).text();
}
