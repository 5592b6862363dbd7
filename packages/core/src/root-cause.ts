/** Finds the first error in a chain of causes. Drizzle, tRPC and better-auth wrap the driver's error as `cause`. */
export function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  return cause;
}
