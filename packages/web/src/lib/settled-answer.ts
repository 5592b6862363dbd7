import { refusal, uncacheable } from "~/lib/refusal";

/**
 * Makes of what the framework answered what this server sends.
 *
 * Below `/api` the framework renders a page, with 200, for a method that a route does not have. There it becomes 404,
 * as JSON. And an answer that says nothing about caches, as those of server functions, may be kept by nobody.
 */
export async function settled(request: Request, answer: Response): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/api/") && isForPages(answer)) {
    await answer.body?.cancel();
    return refusal(404, `There is no ${request.method} ${pathname}.`);
  }
  if (answer.headers.has("cache-control")) return answer;
  const headers = new Headers(answer.headers);
  headers.set("cache-control", uncacheable);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

/** A page, or what the framework answers in its place to a client that wants none. */
function isForPages({ status, headers }: Response): boolean {
  return status === 406 || headers.get("content-type")?.startsWith("text/html") === true;
}
