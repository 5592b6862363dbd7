/**
 * The request header in which the server passes the nonce of a page to the router that renders the page. The server
 * overwrites a value that a client sends.
 */
export const nonceHeader = "x-tracer-nonce";
