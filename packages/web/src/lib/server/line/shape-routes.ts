import "@tanstack/react-start/server-only";
import { isShapeHandler, type ShapeHandler } from "~/lib/electric-proxy";
import { apiHandler } from "~/lib/server/http/api-routes";

/**
 * Finds the handler of the shape route at a path. Only a handler that `serveShape` made has a policy and is found.
 *
 * @param path such as `/api/users`
 */
export async function shapeRoute(path: string): Promise<ShapeHandler | undefined> {
  const handler = await apiHandler("GET", path);
  return handler && isShapeHandler(handler) ? handler : undefined;
}
