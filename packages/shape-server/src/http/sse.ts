import { splitMessages, upToDate } from "../log/messages.ts";
import { compareOffsets, type LogOffset } from "../log/offset.ts";
import type { Shape, Waiter } from "../shapes/shape.ts";
import { streamMs } from "./caching.ts";
import { eventStreamHeaders, lsnBehind } from "./event-stream.ts";
import type { Held } from "./live.ts";
import { sendNotModified } from "./log-headers.ts";
import { pageBehind } from "./log-page.ts";
import type { LogRequest } from "./log-request.ts";
import { isAhead } from "./serve-log.ts";

const keepAliveMs = 21_000;

/**
 * Answers a live request with a stream of server-sent events, one event for each message. The stream stays open for
 * `streamMs`. A client that is behind receives what it has missed, and the stream ends at once.
 */
export function streamEvents(held: Held): (log: LogRequest, from: LogOffset) => void {
  return (log, from) => {
    const { options, shape, response, request } = log;
    const ahead = isAhead(log, from);
    const page = pageBehind(shape, from);
    const isBehind = compareOffsets(from, page.end) < 0 && page.end.tx > 0;
    const headers = eventStreamHeaders(log, { end: page.end, upToDate: !ahead && page.upToDate });
    if (sendNotModified(log, headers)) return;
    response.writeHead(200, headers);
    response.flushHeaders();
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    let place = from;
    const write = () => {
      if (compareOffsets(place, shape.log.end) >= 0) return;
      const text = eventsBehind(shape, place);
      place = shape.log.end;
      shape.tell(place);
      response.write(`${text}${event(upToDate(lsnBehind(place.tx)))}`);
    };
    const stop = () => {
      clearInterval(keepAlive);
      clearTimeout(limit);
      shape.stopWaiting(stream);
      held.delete(stream);
    };
    const finish = () => {
      stop();
      response.end();
    };
    const stream: Waiter & { release(): void } = { changed: write, retired: finish, release: finish };
    const keepAlive = setInterval(() => response.write(": keep-alive\n\n"), keepAliveMs);
    // A client that is ahead is mistaken, unless the server has restarted and reaches the place soon.
    const limit = setTimeout(finish, ahead ? options.longPollMs / 2 : streamMs);
    if (isBehind) {
      write();
      return finish();
    }
    response.on("close", stop);
    shape.wait(stream);
    held.add(stream);
  };
}

/** The events behind `from`, up to the end of the log. */
function eventsBehind(shape: Shape, from: LogOffset): string {
  let text = "";
  for (let place = from; compareOffsets(place, shape.log.end) < 0; ) {
    const { end } = pageBehind(shape, place);
    for (const part of shape.log.read(place, end)) text += splitMessages(part).map(event).join("");
    place = end;
  }
  return text;
}

const event = (message: string) => `data: ${message}\n\n`;
