import type { TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import type { Operation } from "~/lib/wire/push";

/** The options of a tRPC call that this module uses. */
export interface CallOptions {
  context?: Record<string, unknown>;
  signal?: AbortSignal;
}

/** The key in the context of a call that must not be sent. The value receives the path and the input. */
const describe = Symbol("describe");

/**
 * A link of the tRPC client that stands before the link that sends. A call made by {@link described} ends in this link:
 * the link hands the path and the input to {@link described} and sends nothing.
 */
export function describingLink<Router extends AnyTRPCRouter>(): TRPCLink<Router> {
  return () =>
    ({ op, next }) => {
      const { [describe]: take } = op.context as { [describe]?: (operation: Operation) => void };
      if (!take) return next(op);
      return observable((observer) => {
        take({ path: op.path, input: op.input });
        observer.complete();
      });
    };
}

/**
 * Finds out what a call of a procedure would send, without sending anything.
 *
 * @param call calls the procedure with these options on a tRPC client that has the {@link describingLink}
 * @throws when the client has no such link
 */
export function described(call: (options: CallOptions) => Promise<unknown>): Operation {
  let operation: Operation | undefined;
  const take = (taken: Operation) => {
    operation = taken;
  };
  // The aborted signal keeps a client without the link from sending.
  call({ context: { [describe]: take }, signal: AbortSignal.abort() }).catch(() => {});
  if (!operation) throw new Error("This tRPC client has no describing link.");
  return operation;
}
