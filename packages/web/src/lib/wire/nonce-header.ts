/**
 * Header by which the server hands the router the nonce of the page that the router renders. The server overwrites
 * whatever a client sends under this name.
 */
export const nonceHeader = "x-tracer-nonce";
