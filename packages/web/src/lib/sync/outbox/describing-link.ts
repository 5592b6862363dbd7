import type { TRPCLink } from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";
import { observable } from "@trpc/server/observable";
import type { Operation } from "~/lib/wire/push";

/** What a described call may be given, beside its input: tRPC's own options, as far as they are used here. */
export interface CallOptions {
  context?: Record<string, unknown>;
  signal?: AbortSignal;
}

/** By which a call says that it is only to be described. */
const describe = Symbol("describe");

/**
 * A link of the tRPC client, in front of the one that sends. A call made by {@link described} ends here: its path and
 * input are told, and nothing is sent.
 */
export function describingLink<Router extends AnyTRPCRouter>(): TRPCLink<Router> {
  return () =>
    ({ op, next }) => {
      const { [describe]: tell } = op.context as { [describe]?: (operation: Operation) => void };
      if (!tell) return next(op);
      return observable((observer) => {
        tell({ path: op.path, input: op.input });
        observer.complete();
      });
    };
}

/**
 * What a call of a procedure would send.
 *
 * @param call calls the procedure on a tRPC client that has the {@link describingLink}, with these options
 * @throws when the client has no such link
 */
export function described(call: (options: CallOptions) => Promise<unknown>): Operation {
  let operation: Operation | undefined;
  const tell = (told: Operation) => {
    operation = told;
  };
  // The signal sees to it that a client without the link sends nothing either.
  call({ context: { [describe]: tell }, signal: AbortSignal.abort() }).catch(() => {});
  if (!operation) throw new Error("This tRPC client has no describing link.");
  return operation;
}
