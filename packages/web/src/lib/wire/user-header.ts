/**
 * Header by which a page says whose rows it holds. The cookie is shared by all tabs and may by now be another user's;
 * it alone decides what is sent, this only stops one user's rows from being mixed into another's page.
 */
export const userHeader = "x-tracer-user";
