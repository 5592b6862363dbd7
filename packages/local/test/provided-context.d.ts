// What the global setup gives to tests. A package whose tests call `inject` names this file in its tsconfig's "include".
import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The superuser's URL of the cluster that all tests share. Each test file creates a database of its own on it. */
    postgresUrl: string;
    /** Gateway to the same cluster for Neon's driver, any database of it. */
    gatewayUrl: string;
    /** Starts shape servers: `POST` a database's URL, get the server's URL; `DELETE` ends it. */
    shapeServersUrl: string;
  }
}
