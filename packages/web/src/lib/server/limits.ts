/**
 * How long a sign-in may be believed without asking the database, in seconds.
 *
 * A revoked session can begin a request until its cached copy is this old. A poll that waits asks again before it hands
 * out rows.
 */
export const sessionCacheSeconds = 10;

/** How often the session of an open line is looked at, in seconds. */
export const lineCheckSeconds = 10;

/**
 * How long a line is held, in seconds, before the browser has to ask for a new one. On Lambda the function's own limit
 * (60 s) ends a request; a process that lives on may hold a line for long.
 */
export const lineSeconds = import.meta.env.TRACER_BUILD === "lambda" ? 45 : 600;

/** How many lines one user may hold at once in one process: one for each browser that is open. */
export const linesPerUser = 16;

/** How long Electric holds a live request open, in seconds. */
export const longPollSeconds = 20;

/** How long an answer of Electric may take to begin, in seconds: longer than its long poll. */
export const firstByteSeconds = 30;

/**
 * How long the body of a request may be, in bytes. In the cloud CloudFront's edge function refuses longer ones before
 * they come here; nothing that this app is sent needs a hundredth of it.
 */
export const longestBody = 1_048_576;
