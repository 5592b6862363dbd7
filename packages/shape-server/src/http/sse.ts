import { splitMessages, upToDate } from "../log/messages.ts";
import { compareOffsets, type LogOffset } from "../log/offset.ts";
import type { Waiter } from "../shapes/shape.ts";
import type { Held } from "./live.ts";
import {
  answeredBefore,
  eventHeaders,
  type LogRequest,
  logHeaders,
  lsnBehind,
  STREAM_MS,
  wasTold,
} from "./log-request.ts";

const KEEP_ALIVE_MS = 21_000;

/**
 * Answers a live request with a stream of server-sent events, one per message. To a client that is behind it tells what
 * that has missed, and ends.
 */
export function streamEvents(held: Held): (log: LogRequest, from: LogOffset) => void {
  return (log, from) => {
    const { shape, response, request } = log;
    const end = shape.log.pageEnd(from);
    const behind = compareOffsets(from, end) < 0 && end.tx > 0;
    // the server may have restarted and be reading; else the client is mistaken
    const ahead = compareOffsets(from, shape.log.end) > 0 && from.tx > 0 && !wasTold(log, from);
    const description = { offset: end, upToDate: !ahead && compareOffsets(end, shape.log.end) >= 0 };
    const headers = eventHeaders(logHeaders(log, description));
    if (answeredBefore(log, headers)) return;
    response.writeHead(200, headers);
    response.flushHeaders();
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    let place = from;
    const write = () => {
      if (compareOffsets(place, shape.log.end) >= 0) return;
      let text = "";
      while (compareOffsets(place, shape.log.end) < 0) {
        const next = shape.log.pageEnd(place);
        for (const part of shape.log.read(place, next)) {
          for (const message of splitMessages(part)) text += `data: ${message}\n\n`;
        }
        place = next;
      }
      shape.tell(place);
      response.write(`${text}data: ${upToDate(lsnBehind(place.tx))}\n\n`);
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
    const keepAlive = setInterval(() => response.write(": keep-alive\n\n"), KEEP_ALIVE_MS);
    const limit = setTimeout(finish, ahead ? log.longPollMs / 2 : STREAM_MS);
    if (behind) {
      write();
      return finish();
    }
    response.on("close", stop);
    shape.wait(stream);
    held.add(stream);
  };
}
