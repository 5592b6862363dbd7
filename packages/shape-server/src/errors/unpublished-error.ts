/** The database refuses to publish a table; the message says why. Answered with status 503. */
export class UnpublishedError extends Error {}
