/**
 * A client relies on what a table was like before. It must start again, to be served or refused by what the table is like
 * now: the answer is 409.
 */
export class OutdatedError extends Error {}
