import "@tanstack/react-start/server-only";
import { type ApiHandler, apiHandler } from "~/lib/server/http/api-routes";

/**
 * Finds the handler of the shape route at a path. Only a handler that `serveShape` made has a policy and is found.
 *
 * @param path such as `/api/users`
 */
export async function shapeRoute(path: string): Promise<ApiHandler | undefined> {
  const handler = await apiHandler("GET", path);
  return handler && "policy" in handler ? handler : undefined;
}
