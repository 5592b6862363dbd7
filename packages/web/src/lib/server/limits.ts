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
 * hands out rows, and a write before its commit.
 */
export const sessionCacheSeconds = 10;

/** How long a session goes on that a new session in the same browser has replaced, in seconds. */
export const replacedSessionSeconds = 10;

/** How exactly the list of devices knows when a session was last used, in seconds. */
export const seenSeconds = 5 * 60;

/** How often the session of an open line is looked at, in seconds. */
export const lineCheckSeconds = 10;

/**
 * How long a line is held, in seconds, before the browser has to ask for a new one. On Lambda the function's own limit
 * (60 s) ends a request; a process that lives on may hold a line for long. Each line differs by up to a tenth.
 */
export const lineSeconds = import.meta.env.TRACER_BUILD === "lambda" ? 45 : 3600;

/** How many lines one user may hold at once in one process: one for each browser that is open. */
export const linesPerUser = 16;

/**
 * How many lines one process holds. What comes beyond is refused and tries again, at another process if there is one. Where
 * eight browsers belong to one person, 5,000 browsers with six shapes took 0.3 GB.
 */
export const linesTogether = 6_000;

/** How long Electric holds a live request open, in seconds. */
export const longPollSeconds = 20;

/** How long an answer of Electric may take to begin, in seconds. This must be longer than a long poll. */
export const firstByteSeconds = 30;

/**
 * The greatest length of the body of a signed-in user's request, in bytes. In the cloud CloudFront's edge function
 * refuses a longer body before the body reaches the server. The app's own requests need less than a hundredth of the
 * limit.
 */
export const longestBody = 1_048_576;

/** How many rows of one table a page may bring. A table with more rows comes through its shape alone. */
export const firstRowsOfTable = 200;

/** The greatest length of the body of a request without a session, in bytes: an address, a name and a password fit. */
export const longestStrangerBody = 16_384;

/** How many pictures of a person are kept beside the one that the person shows: uploads whose edit has not come yet. */
export const picturesPerUser = 3;

/** Pictures that one user may upload: this many in a row, and then one every so many milliseconds. */
export const userUploads = { attempts: 20, comesBack: 30_000 };

/** How many pictures one user, and all users together, may read at once in one process. */
export const pictureReads = { perClient: 64, together: 512 };

/** How long a body may take to arrive, in seconds. A megabyte in this time is half a megabit a second. */
export const bodySeconds = 20;

/** How long a request's headers may take to arrive, in seconds. They fit into a few packets. */
export const headersSeconds = 15;

/** How long a connection may go on sending a body that has been answered already, in seconds. */
export const lingerSeconds = 3;

/**
 * Refusals over a limit that go out at once in one process: this many in a row, and then one every so many milliseconds.
 * Each further refusal waits about `waits` milliseconds, so that refusing a flood leaves the processor to the others.
 */
export const promptRefusals = { attempts: 50, comesBack: 20, waits: 1_000 };

/** How long a connection rests whose client was refused for asking too much, in seconds. The refusal says the same. */
export const refusedRestSeconds = 1;

/** What one client, and all clients together, may have in memory of bodies that signed-in users send, in bytes. */
export const userBodies = { perClient: 8 * longestBody, together: 64 * longestBody };

/** The same for bodies that come without a session, where a client is a network. */
export const strangerBodies = { perClient: 64 * longestStrangerBody, together: 1024 * longestStrangerBody };

/**
 * Transactions that run at once in one process. The process has five connections to the database, so one is left for the
 * sessions. One user has at most two, so that locks on the user's own rows hold up nobody else.
 */
export const writesAtOnce = { atOnce: 4, atOncePerLane: 2, waitingPerLane: 100, waitingLanes: 200 };

/**
 * First loads and other shape requests that run at once in one process. Live polls wait and are counted apart. Each request
 * takes the process some milliseconds, so a few of one user at once keep the others' wait short. Sixteen that wait are more
 * than a page asks for.
 */
export const shapesAtOnce = {
  atOnce: 32,
  atOncePerLane: 4,
  long: 16,
  waitingPerLane: 200,
  waitingLanes: 200,
};

/** How many live polls one user, and all users together, may hold in one process. */
export const heldPolls = { perClient: 1_000, together: 40_000 };

/**
 * Passwords of strangers that are hashed at once in one process. One takes a processor some 70 ms. A stranger waits for at
 * most one password of each of four other networks, or is refused at once.
 */
export const strangerHashes = { atOnce: 1, atOncePerLane: 1, waitingPerLane: 64, waitingLanes: 4 };

/** The same for people on devices that have signed in before. They never wait for strangers. */
export const knownHashes = { atOnce: 1, atOncePerLane: 1, waitingPerLane: 16, waitingLanes: 64 };

/** Strangers' attempts that are counted at once, so that strangers do not take all connections to the database. */
export const strangerCounts = { atOnce: 2, atOncePerLane: 1, waitingPerLane: 64, waitingLanes: 64 };

/** Wrong proofs that one network may give in a row, and how soon one more is allowed, in milliseconds. */
export const networkGuesses = { attempts: 10, comesBack: 30_000 };

/** Accounts that one network may make: this many in a row, and one a second after that. The window is in seconds. */
export const signUpsOfNetwork = { window: 60, max: 60 };

/** Wrong proofs for one account from all devices that have never signed in to the account. */
export const accountGuesses = { attempts: 20, comesBack: 60_000 };

/** Wrong proofs for one account on a device that has signed in to the account, or within a session. */
export const knownGuesses = { attempts: 10, comesBack: 30_000 };

/**
 * Wrong codes of a second factor for one account, from all devices that have never signed in to the account. Whoever
 * guesses has the password already. Three of a million codes fit at any time, so the guesses come back slowly.
 */
export const codeGuesses = { attempts: 10, comesBack: 3_600_000 };

/** A code of an authenticator app fits for 90 seconds. An account takes the same code once in this time. */
export const shownCode = { attempts: 1, comesBack: 120_000 };

/** What one user may write in all processes together: this many requests in a row, and then one every so many milliseconds. */
export const userWrites = { attempts: 30_000, comesBack: 20 };

/** The same for first loads and other shape requests. */
export const userShapes = { attempts: 60_000, comesBack: 10 };

/** Mails of one kind to one mailbox that anybody can ask for: this many in a row, and five in an hour after that. */
export const mailsAsked = { attempts: 5, comesBack: 12 * 60_000 };

/** Downloads of a person's data: this many in a row, and one every three minutes after that. */
export const dataDownloads = { attempts: 10, comesBack: 3 * 60_000 };
