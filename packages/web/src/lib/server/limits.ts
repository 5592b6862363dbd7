/**
 * How long a sign-in may be believed without asking the database, in seconds.
 *
 * A revoked session can begin a poll until its cached copy is this old, and that poll lasts another
 * {@link longPollSeconds}. Together they stay under a minute.
 */
export const sessionCacheSeconds = 35;

/** How long Electric holds a live request open, in seconds. */
export const longPollSeconds = 20;

/** How long an answer of Electric may take to begin, in seconds: longer than its long poll. */
export const firstByteSeconds = 30;

/**
 * How long the body of a request may be, in bytes. In the cloud CloudFront's edge function refuses longer ones before
 * they come here; nothing that this app is sent needs a hundredth of it.
 */
export const longestBody = 1_048_576;
