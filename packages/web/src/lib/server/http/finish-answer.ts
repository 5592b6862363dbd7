import { contentPolicy } from "~/lib/server/http/content-policy";
import { fillEmptyHeaders } from "~/lib/server/http/empty-headers";
import { refusalAt } from "~/lib/server/http/refusal";
import { uncacheable } from "~/lib/wire/caching";

/**
 * Prepares an answer of the framework for sending.
 *
 * When a route below `/api` lacks the method, the framework renders a page with status 200. Such a page becomes a 404
 * in JSON. No cache may store an answer without `cache-control`, as server functions send. Every answer gets a
 * Content-Security-Policy.
 *
 * @param rendered the answer of the framework
 * @param nonce marks the inline scripts when the answer is a page
 */
export async function finishAnswer(request: Request, rendered: Response, nonce: string): Promise<Response> {
  const answer = await withoutPages(request, rendered);
  const headers = new Headers(answer.headers);
  if (!headers.has("cache-control")) headers.set("cache-control", uncacheable);
  headers.set("content-security-policy", contentPolicy(isPage(answer) ? nonce : undefined));
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

/**
 * Prepares the answer of an API route for sending, in place. A route may have set a stricter content policy.
 *
 * @param cookies the `set-cookie` lines of the check of the session
 */
export function finishApiAnswer(answer: Response, cookies: readonly string[]): Response {
  const { headers } = answer;
  if (!headers.has("cache-control")) headers.set("cache-control", uncacheable);
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", apiPolicy);
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  if (import.meta.env.TRACER_BUILD === "lambda") fillEmptyHeaders(headers);
  return answer;
}

const apiPolicy = contentPolicy();

async function withoutPages(request: Request, answer: Response): Promise<Response> {
  const { pathname } = new URL(request.url);
  // The framework answers 406 in place of a page when the client accepts no HTML.
  if (!pathname.startsWith("/api/") || !(isPage(answer) || answer.status === 406)) return answer;
  await answer.body?.cancel();
  return refusalAt(request.url, "NOT_FOUND", `There is no ${request.method} ${pathname}.`);
}

function isPage({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/html") === true;
}
