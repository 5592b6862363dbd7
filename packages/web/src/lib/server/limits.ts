/** How long a session stands that nobody uses, in seconds. Each day of use prolongs the session. */
export const idleSessionSeconds = 7 * 24 * 3600;

/** How long a session stands at most, in seconds, however much it is used. */
export const longestSessionSeconds = 30 * 24 * 3600;

/** How long after signing in a person may do without the password what otherwise needs the password, in seconds. */
export const freshSessionSeconds = 10 * 60;

/**
 * How long the server trusts the signed copy of a session without asking the database, in seconds.
 *
 * A revoked session can begin a request until its copy reaches this age. A poll asks the database again before the poll
 * hands out rows.
 */
export const sessionCacheSeconds = 10;

/** How exactly the list of devices knows when a session was last used, in seconds. */
export const seenSeconds = 5 * 60;

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

/** How long an answer of Electric may take to begin, in seconds. This must be longer than a long poll. */
export const firstByteSeconds = 30;

/**
 * The greatest length of a request's body, in bytes. In the cloud CloudFront's edge function refuses a longer body
 * before the body reaches the server. The app's own requests need less than a hundredth of the limit.
 */
export const longestBody = 1_048_576;

/** How many rows of one table a page may bring. A table with more rows comes through its shape alone. */
export const firstRowsOfTable = 200;
