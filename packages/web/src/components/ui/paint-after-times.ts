/** The id of the element that stands behind `LocalTimes`. */
export const behindTimes = "behind-times";

/**
 * A link for the head that keeps the browser from painting before `LocalTimes` has run, so that nobody sees a time change. A
 * browser that does not know this link may show a time in UTC for a moment.
 */
export const paintAfterTimes = { rel: "expect", href: `#${behindTimes}`, blocking: "render" } as const;
