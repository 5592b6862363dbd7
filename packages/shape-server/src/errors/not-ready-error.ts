/** The server cannot serve shapes yet. Answered with status 503. */
export class NotReadyError extends Error {}
