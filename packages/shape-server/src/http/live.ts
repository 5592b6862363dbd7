import type { LogOffset } from "../log/offset.ts";
import type { Waiter } from "../shapes/shape.ts";
import {
  answeredBefore,
  type LogRequest,
  logHeaders,
  sendLog,
  sendMustRefetch,
  sendNoChanges,
} from "./log-request.ts";

/** Long polls that wait, so that a server that ends can answer them. */
export type Held = Set<{ release(): void }>;

/** Holds a live request until its shape changes, at most for the time of a long poll. */
export function holdLongPoll(held: Held): (log: LogRequest, from: LogOffset) => void {
  return (log, from) => {
    const { shape, request, response } = log;
    // caches ask again with the name of the answer that led here
    if (answeredBefore(log, logHeaders(log, { offset: shape.log.end, upToDate: true }))) return;
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
        sendMustRefetch(request, response, null);
      },
      release() {
        stop();
        sendNoChanges(log, shape.log.end);
      },
    };
    const timer = setTimeout(waiter.release, log.longPollMs);
    response.on("close", stop);
    shape.wait(waiter);
    held.add(waiter);
  };
}
