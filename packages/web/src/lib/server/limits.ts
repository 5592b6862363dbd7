/**
 * How long the server trusts the signed copy of a session without asking the database, in seconds.
 *
 * A revoked session can begin a poll until its copy reaches this age, and the poll lasts another
 * {@link longPollSeconds}. Together the two stay under a minute.
 */
export const sessionCacheSeconds = 35;

/** How long Electric holds a live request open, in seconds. */
export const longPollSeconds = 20;

/** How long an answer of Electric may take to begin, in seconds. This must be longer than a long poll. */
export const firstByteSeconds = 30;

/**
 * The greatest length of a request's body, in bytes. In the cloud CloudFront's edge function refuses a longer body
 * before the body reaches the server. The app's own requests need less than a hundredth of the limit.
 */
export const longestBody = 1_048_576;
