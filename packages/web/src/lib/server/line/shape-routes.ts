import "@tanstack/react-start/server-only";

/** The handler of a route that serves a shape. */
export type ShapeHandler = (context: { request: Request }) => Promise<Response>;

interface RouteModule {
  Route?: { options?: { server?: { handlers?: Record<string, ShapeHandler> } } };
}

const modules = import.meta.glob<RouteModule>("../../../routes/api/*.ts");

/**
 * Finds the handler of the shape route at a path. Only a handler that `serveShape` made has a policy and is found.
 *
 * @param path such as `/api/users`
 */
export async function shapeRoute(path: string): Promise<ShapeHandler | undefined> {
  const load = modules[`../../../routes${path}.ts`];
  const handler = (await load?.())?.Route?.options?.server?.handlers?.GET;
  return handler && "policy" in handler ? handler : undefined;
}
