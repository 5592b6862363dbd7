import { AsyncLocalStorage } from "node:async_hooks";

/** What the log says about the request that is being served. */
export interface RequestContext {
  /** The id of the request, which the answer carries in `x-request-id`. */
  readonly id: string;
  /** The address of the client, for security events alone. Undefined when the deployment names none. */
  readonly address: string | undefined;
  /** The signed-in user, as soon as the session has been checked. */
  userId?: string;
}

/** The context of the request that is being served. Work that a request leaves behind keeps the request's context. */
export const requestContext = new AsyncLocalStorage<RequestContext>();

/**
 * Runs a function outside of every request, for what goes on after the request, such as a connection: the connection would
 * keep everything that belongs to the request which opened the connection.
 */
export const outsideRequests = AsyncLocalStorage.snapshot();

/** Notes whose request is being served. */
export function noteUser(userId: string): void {
  const context = requestContext.getStore();
  if (context) context.userId = userId;
}
