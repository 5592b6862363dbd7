/**
 * The request header with the address of the client, by which better-auth counts attempts to sign in. `server.ts` says
 * who sets the header.
 */
export const addressHeader = "x-tracer-client-ip";
