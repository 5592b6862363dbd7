import { refusal, refusalAt } from "~/lib/server/http/refusal";

/** The methods that a route below `/api` may have. */
const apiMethods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** The methods of a page. */
const pageMethods = new Set(["GET", "HEAD"]);

/**
 * Refuses what the framework and the platform answer with a failure of the server, although a stranger causes the
 * failure: an unusual method, an unknown server function, and input for a server function that takes none.
 *
 * @param serverFunctions the paths of the app's server functions, none of which takes input
 * @returns undefined for every other request
 */
export function refuseEarly(
  { method, url }: Pick<Request, "method" | "url">,
  serverFunctions: ReadonlySet<string>,
): Response | undefined {
  const { pathname, searchParams } = new URL(url);
  if (pathname.startsWith("/api/"))
    return apiMethods.has(method)
      ? undefined
      : refusalAt(url, "NOT_FOUND", `There is no ${method} ${pathname}.`);
  // Files are served before a request comes here, so there is no such file.
  if (pathname.startsWith("/.well-known/")) return refusal(404, "There is no such file.");
  if (!pageMethods.has(method)) return refusal(405, "A page can only be read.", { allow: "GET, HEAD" });
  if (!/^\/_serverFn(\/|$)/.test(pathname)) return undefined;
  if (!serverFunctions.has(pathname)) return refusal(404, "There is no such function.");
  return searchParams.has("payload") ? refusal(400, "This function takes no input.") : undefined;
}
