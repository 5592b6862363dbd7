import { createServerFn } from "@tanstack/react-start";
import { getRequest } from "@tanstack/react-start/server";
// biome-ignore lint/style/noRestrictedImports: The body of a server function and its imports stay on the server.
import { callerOf } from "~/lib/server/auth/caller";

/** Gives the signed-in user to a route, on the server and from the browser, or undefined when nobody is signed in. */
export const getSession = createServerFn({ method: "GET" }).handler(async () => {
  const caller = await callerOf(getRequest());
  return caller && { user: caller };
});
