/** Names the client, whom better-auth counts attempts to sign in by. See `nameClient` in `server.ts` for who sets it. */
export const addressHeader = "x-tracer-client-ip";
