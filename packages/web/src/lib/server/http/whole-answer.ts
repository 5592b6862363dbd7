import type { Answer } from "~/lib/wire/line";

/** Reads an answer whole. */
export async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  return { status, headers: Object.fromEntries(headers), body: await response.text() };
}

/** Makes an answer that is whole in memory an answer over HTTP. */
export function responseOf({ status, headers, body }: Answer): Response {
  return new Response(status === 304 ? null : body, { status, headers });
}
