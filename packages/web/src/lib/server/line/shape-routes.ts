import "@tanstack/react-start/server-only";
import { isShapeHandler, type ShapeHandler, type ShapePolicy } from "~/lib/electric-proxy";
import { apiHandler, apiPaths } from "~/lib/server/http/api-routes";

/**
 * Finds the handler of the shape route at a path. Only a handler that `serveShape` made has a policy and is found.
 *
 * @param path such as `/api/users`
 */
export async function shapeRoute(path: string): Promise<ShapeHandler | undefined> {
  const handler = await apiHandler("GET", path);
  return handler && isShapeHandler(handler) ? handler : undefined;
}

/** Returns the policies of all shape routes, by the names of the collections, such as `users` for `/api/users`. */
export async function allShapes(): Promise<ReadonlyMap<string, ShapePolicy>> {
  const found = await Promise.all(
    apiPaths.map(async (path) => [path.slice("/api/".length), (await shapeRoute(path))?.policy] as const),
  );
  return new Map(found.flatMap(([name, policy]) => (policy ? [[name, policy] as const] : [])));
}
