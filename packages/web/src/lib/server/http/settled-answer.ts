import { contentPolicy } from "~/lib/server/http/content-policy";
import { refusalAt } from "~/lib/server/http/refusal";
import { uncacheable } from "~/lib/wire/caching";

/**
 * Makes of what the framework answered what this server sends.
 *
 * Below `/api` the framework renders a page, with 200, for a method that a route does not have. There it becomes 404,
 * as JSON. An answer that says nothing about caches, as those of server functions, may be kept by nobody. And each says
 * what may be done with it.
 *
 * @param nonce marks the inline scripts, if it is a page
 */
export async function settled(request: Request, rendered: Response, nonce: string): Promise<Response> {
  const answer = await withoutPages(request, rendered);
  const headers = new Headers(answer.headers);
  if (!headers.has("cache-control")) headers.set("cache-control", uncacheable);
  headers.set("content-security-policy", contentPolicy(isPage(answer) ? nonce : undefined));
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

async function withoutPages(request: Request, answer: Response): Promise<Response> {
  const { pathname } = new URL(request.url);
  // 406 is what a client that takes no page is answered in the place of one.
  if (!pathname.startsWith("/api/") || !(isPage(answer) || answer.status === 406)) return answer;
  await answer.body?.cancel();
  return refusalAt(request.url, "NOT_FOUND", `There is no ${request.method} ${pathname}.`);
}

function isPage({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/html") === true;
}
