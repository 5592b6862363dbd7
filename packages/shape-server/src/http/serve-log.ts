import { RequestError } from "../errors/request-error.ts";
import { compareOffsets, type LogOffset } from "../log/offset.ts";
import { isStreamEnd } from "./event-stream.ts";
import { sendLog, sendNoChanges } from "./log-answer.ts";
import type { LogRequest } from "./log-request.ts";
import { sendMustRefetch } from "./must-refetch.ts";
import { sendSnapshotPage, streamSnapshotPage } from "./snapshot-page.ts";

/**
 * Answers a request for the log, live or not.
 *
 * @param holdLive answers a live request that must wait for a change.
 * @throws RequestError when the shape's log does not reach the client's offset within half a long poll.
 */
export async function serveLog(
  log: LogRequest,
  holdLive: (log: LogRequest, from: LogOffset) => void,
): Promise<void> {
  const { shape, parameters } = log;
  const from = parameters.offset;
  if (from === "now") {
    await shape.pages.wait(0);
    shape.tell(shape.log.end);
    return sendNoChanges(log, shape.log.end);
  }
  if (from.tx < 0 || (from.tx === 0 && from.op !== Number.POSITIVE_INFINITY)) {
    const page = from.tx < 0 ? 0 : from.op + 1;
    const exists = await shape.pages.wait(page);
    if (exists) return parameters.sse ? streamSnapshotPage(log, page) : sendSnapshotPage(log, page);
  }
  // A stream of events is opened even for a client that is ahead of the log, and ends soon.
  if (!parameters.sse && isAhead(log, from)) {
    const reached = await waitFor(log, from);
    if (shape.isRetired) return sendMustRefetch(log.request, log.response, undefined);
    if (!reached) throw new RequestError({ offset: ["out of bounds for this shape"] });
  }
  // While the log is empty, every place behind the snapshot is the end of the log.
  const atEnd = compareOffsets(from, shape.log.end) >= 0 || shape.log.end.tx === 0;
  if (parameters.live && (parameters.sse || atEnd)) holdLive(log, from);
  else sendLog(log, from);
}

/** True when `offset` lies behind the log's end: the server may have restarted, and still be reading the stream. */
export function isAhead(log: LogRequest, offset: LogOffset): boolean {
  return offset.tx > 0 && compareOffsets(offset, log.shape.log.end) > 0 && !isStreamEnd(log, offset);
}

/** Waits half a long poll for the log to reach `offset`; false when the time is over or the shape ends. */
function waitFor(log: LogRequest, offset: LogOffset): Promise<boolean> {
  const { options, shape, response } = log;
  return new Promise((resolve) => {
    const done = (reached: boolean) => {
      clearTimeout(timer);
      shape.stopWaiting(waiter);
      response.off("close", giveUp);
      resolve(reached);
    };
    const giveUp = () => done(false);
    const waiter = {
      changed: () => {
        if (!isAhead(log, offset)) done(true);
      },
      retired: giveUp,
    };
    const timer = setTimeout(giveUp, options.longPollMs / 2);
    response.on("close", giveUp);
    shape.wait(waiter);
  });
}
