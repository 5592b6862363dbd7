/** The `cache-control` of every answer that depends on the caller: no cache may keep the answer. */
export const uncacheable = "private, no-store";
