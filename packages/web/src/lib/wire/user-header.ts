/**
 * The request header in which a page names the user whose rows it holds. All tabs share one cookie, which may belong to
 * another user by now. The cookie alone decides which rows the server sends. The header lets the server refuse a page
 * that would mix the rows of two users.
 */
export const userHeader = "x-tracer-user";
