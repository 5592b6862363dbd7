/** What each object keeps alive. */
const kept = new WeakMap<object, object>();

/**
 * Keeps a request from the garbage collector as long as an object is referenced.
 *
 * Node passes the abort of a signal to a request only while somebody references the request, and a listener of the
 * request's own signal is no reference. Whoever goes on after the handler has returned must keep the request.
 *
 * @param by what goes on: an answer's body, or a copy of the request
 */
export function keepAlive(request: object, by: object): void {
  kept.set(by, request);
}
