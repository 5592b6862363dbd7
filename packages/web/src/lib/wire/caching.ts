/** The `cache-control` of an answer that depends on the caller. No cache may store the answer. */
export const uncacheable = "private, no-store";
