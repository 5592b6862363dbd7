// The values that the global setup provides. A package whose tests call `inject` includes this file in its tsconfig.
import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The superuser's URL of the cluster that all tests share. Each test file creates its own database there. */
    postgresUrl: string;
    /** The address of a gateway for Neon's driver, to every database of the same cluster. */
    gatewayUrl: string;
    /** Starts a shape server for the database URL in a `POST`, and answers its URL. A `DELETE` ends the server. */
    shapeServersUrl: string;
    /** Gives the mails that were sent, at `/mails.json`. */
    outboxUrl: string;
    /** A mail server that keeps every mail for `outboxUrl`. */
    smtpUrl: string;
  }
}
