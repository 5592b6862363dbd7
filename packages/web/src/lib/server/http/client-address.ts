import { isIP } from "node:net";

/**
 * The request header in which `server.ts` hands on the address of the client. `server.ts` sets or removes the header on
 * every request, so what a client writes there is never read.
 */
export const addressHeader = "x-tracer-client-ip";

/** The parts of a request that tell the client's address. Only the Node build's request has the address of its connection. */
interface Asking {
  readonly headers: Pick<Headers, "get">;
  readonly ip?: unknown;
}

/**
 * Finds the address of the client: the address of the connection, or where the deployment says so the last address in a
 * header that the deployment's own proxy sets. Anybody can write the addresses before the last one.
 *
 * @param trusted the name of the header. Undefined or empty when the deployment believes none
 * @returns undefined when the address is not known
 */
export function clientAddress(request: Asking, trusted: string | undefined): string | undefined {
  const named = trusted ? request.headers.get(trusted)?.split(",").at(-1)?.trim() : request.ip;
  return typeof named === "string" && isIP(named) !== 0 ? named : undefined;
}
