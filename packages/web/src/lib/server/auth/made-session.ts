import "@tanstack/react-start/server-only";
import type { GenericEndpointContext, Session } from "better-auth";

/** By the context of the request. */
const made = new WeakMap<object, Session>();

/** Notes the session that a request has made. better-auth makes one before it asks for a second factor. */
export function noteMade(session: Session, context: GenericEndpointContext | null): void {
  if (context) made.set(context.context, session);
}

/** The session that a request has made, whether or not the session has ended again within the request. */
export function madeIn(context: GenericEndpointContext["context"] | undefined): Session | undefined {
  return context && made.get(context);
}
