/** A snapshot could not be taken; the message says why. */
export class SnapshotError extends Error {}
