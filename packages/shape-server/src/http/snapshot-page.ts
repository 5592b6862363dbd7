import { open } from "node:fs/promises";
import { splitMessages } from "../log/messages.ts";
import { eventStreamHeaders } from "./event-stream.ts";
import { type Description, logHeaders, sendNotModified } from "./log-headers.ts";
import { wholeBytes } from "./log-page.ts";
import type { LogRequest } from "./log-request.ts";
import { send } from "./respond.ts";

/** Answers with page `page` of the snapshot. */
export async function sendSnapshotPage(log: LogRequest, page: number): Promise<void> {
  const headers = logHeaders(log, describe(page));
  if (sendNotModified(log, headers)) return;
  const { response, shape } = log;
  // An open file can be read to its end, even when the shape is deleted meanwhile.
  const file = await open(shape.pages.path(page));
  const { size } = await file.stat();
  if (size <= wholeBytes || log.request.method === "HEAD") {
    const rows = await file.readFile().finally(() => file.close());
    send(response, 200, headers, Buffer.concat([Buffer.from("["), rows, Buffer.from("]")]));
    return;
  }
  response.writeHead(200, { ...headers, "content-length": String(size + 2) });
  response.write("[");
  const rows = file.createReadStream({ highWaterMark: wholeBytes });
  rows.on("error", (error) => response.destroy(error));
  rows.on("end", () => response.end("]"));
  response.on("close", () => rows.destroy());
  rows.pipe(response, { end: false });
}

/** Answers with page `page` of the snapshot as a stream of events, which ends with the page. */
export async function streamSnapshotPage(log: LogRequest, page: number): Promise<void> {
  const headers = eventStreamHeaders(log, describe(page));
  if (sendNotModified(log, headers)) return;
  const file = await open(log.shape.pages.path(page));
  const messages = splitMessages(await file.readFile().finally(() => file.close()));
  send(log.response, 200, headers, messages.map((message) => `data: ${message}\n\n`).join(""));
}

const describe = (page: number): Description => ({ end: { tx: 0, op: page }, upToDate: false });
