import { createServerFn } from "@tanstack/react-start";
import { getRequest } from "@tanstack/react-start/server";
// biome-ignore lint/style/noRestrictedImports: the body of a server function, and its imports, never reach the browser.
import { callerOf } from "~/lib/server/auth/caller";

/** The signed-in user for a route's `beforeLoad`, on the server and from the browser; null when there is none. */
export const getSession = createServerFn({ method: "GET" }).handler(async () => {
  const caller = await callerOf(getRequest());
  return caller && { user: caller };
});
