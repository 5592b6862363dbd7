import { upToDate } from "../log/messages.ts";
import type { LogOffset } from "../log/offset.ts";
import { logHeaders, sendNotModified } from "./log-headers.ts";
import { pageBehind, pageBody } from "./log-page.ts";
import type { LogRequest } from "./log-request.ts";
import { send } from "./respond.ts";

/** Answers with the page of the log that lies behind `from`. */
export function sendLog(log: LogRequest, from: LogOffset): void {
  const { options, shape, parameters, response } = log;
  const page = pageBehind(shape, from);
  const headers = logHeaders(log, page);
  shape.tell(page.end);
  if (sendNotModified(log, headers)) return;
  // A live answer speaks for this shape alone. Any other answer names how far the whole stream has been read.
  const seen = parameters.live ? page.end.tx : Math.max(options.engine.seen, page.end.tx);
  send(response, 200, headers, pageBody(shape, page, seen));
}

/** Answers that nothing has happened up to `offset`. */
export function sendNoChanges(log: LogRequest, offset: LogOffset): void {
  const headers = logHeaders(log, { end: offset, upToDate: true, noChanges: true });
  const seen = Math.max(log.options.engine.seen, offset.tx);
  send(log.response, 200, headers, `[${upToDate(seen)}]`);
}
