/** Postgres sent something that does not follow the protocol: the stream cannot be trusted any more. */
export class ProtocolError extends Error {}
