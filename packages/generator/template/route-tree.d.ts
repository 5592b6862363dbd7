import type { Route } from "./web/routes/api/gadgets";

// Stands for what the app's route tree says of a route that is in it.
declare module "@tanstack/react-router" {
  interface FileRoutesByPath {
    "/api/gadgets": {
      id: "/api/gadgets";
      path: "/api/gadgets";
      fullPath: "/api/gadgets";
      preLoaderRoute: typeof Route;
      parentRoute: unknown;
    };
  }
}
