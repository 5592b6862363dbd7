import type { LogOffset } from "../log/offset.ts";
import type { Waiter } from "../shapes/shape.ts";
import { sendLog, sendNoChanges } from "./log-answer.ts";
import { logHeaders, sendNotModified } from "./log-headers.ts";
import type { LogRequest } from "./log-request.ts";
import { sendMustRefetch } from "./must-refetch.ts";

/** The live requests that wait. A server that ends releases them, which answers them. */
export type Held = Set<{ release(): void }>;

/** Answers a live request as soon as its shape changes, or after the time of a long poll. */
export function holdLongPoll(held: Held): (log: LogRequest, from: LogOffset) => void {
  return (log, from) => {
    const { options, shape, request, response } = log;
    // A cache that asks again names the etag of the answer that led the client here.
    if (sendNotModified(log, logHeaders(log, { end: shape.log.end, upToDate: true }))) return;
    const stop = () => {
      clearTimeout(timer);
      shape.stopWaiting(waiter);
      held.delete(waiter);
      response.off("close", stop);
    };
    const waiter: Waiter & { release(): void } = {
      changed() {
        stop();
        sendLog(log, from);
      },
      retired() {
        stop();
        sendMustRefetch(request, response, undefined);
      },
      release() {
        stop();
        sendNoChanges(log, shape.log.end);
      },
    };
    const timer = setTimeout(waiter.release, options.longPollMs);
    response.on("close", stop);
    shape.wait(waiter);
    held.add(waiter);
  };
}
