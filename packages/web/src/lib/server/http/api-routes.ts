import "@tanstack/react-start/server-only";

/** The handler of a route below `/api`. */
export type ApiHandler = (context: { request: Request }) => Promise<Response>;

interface RouteModule {
  Route?: { options?: { server?: { handlers?: Record<string, ApiHandler>; middleware?: unknown } } };
}

const modules = import.meta.glob<RouteModule>("../../../routes/api/**/*.ts");

/** The paths of all API routes without parameters, such as `/api/users`. */
export const apiPaths: readonly string[] = Object.keys(modules)
  .map((file) => file.replace(/^.*\/routes(\/api\/.*)\.ts$/, "$1"))
  .filter((path) => !path.includes("$"));

/**
 * Finds the handler of an API route, without the framework. The framework would make a router for each request.
 *
 * @param path such as `/api/users`, or `/api/trpc/push` for the route `/api/trpc/$`
 * @returns undefined when no route has this path, and for a route that only the framework can serve: one with other
 *   parameters or with middleware
 */
export async function apiHandler(method: string, path: string): Promise<ApiHandler | undefined> {
  const parent = path.slice(0, path.lastIndexOf("/"));
  const load = modules[`../../../routes${path}.ts`] ?? modules[`../../../routes${parent}/$.ts`];
  const server = (await (load && loaded(load)))?.Route?.options?.server;
  const handler = server?.middleware ? undefined : server?.handlers?.[method];
  return typeof handler === "function" ? handler : undefined;
}

const known = new Map<() => Promise<RouteModule>, Promise<RouteModule>>();

/** Loads a module once: an import takes the loader some time, also of a module that is there. */
function loaded(load: () => Promise<RouteModule>): Promise<RouteModule> {
  // In development an edit makes a newer module.
  if (import.meta.env.DEV) return load();
  const module = known.get(load) ?? load();
  known.set(load, module);
  return module;
}
