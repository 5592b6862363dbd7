import { open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { schemaHeader } from "../catalog/schema-header.ts";
import type { Engine } from "../engine.ts";
import { RequestError } from "../errors/request-error.ts";
import { MUST_REFETCH, SEPARATOR, splitMessages, upToDate } from "../log/messages.ts";
import { BEFORE_ALL, compareOffsets, formatOffset, type LogOffset } from "../log/offset.ts";
import type { Shape } from "../shapes/shape.ts";
import { nextCursor } from "./cursor.ts";
import type { Parameters } from "./parameters.ts";
import { corsHeaders, type Headers, isCacheable, JSON_TYPE, SHAPE_METHODS, send } from "./respond.ts";

/** A request for the log of a shape, and all that is needed to answer it. */
export type LogRequest = {
  engine: Engine;
  request: IncomingMessage;
  response: ServerResponse;
  shape: Shape;
  parameters: Parameters;
  /** The client's cursor. */
  cursor: string | undefined;
  longPollMs: number;
};

/** What an answer says of itself. */
export type Description = {
  /** Where it ends. */
  offset: LogOffset;
  upToDate: boolean;
  /** Nothing has happened: such answers are never alike, so that no cache mistakes one for another. */
  noChanges?: boolean;
};

/** Pages that are larger are sent as they are read. */
const WHOLE_BYTES = 256 * 1024;

/** The headers of an answer with a part of a shape's log. */
export function logHeaders(log: LogRequest, description: Description): Headers {
  const { request, shape, parameters } = log;
  const { live, offset: from } = parameters;
  const columns = log.engine.columnsOf(shape.definition);
  return {
    ...corsHeaders(request, SHAPE_METHODS),
    vary: "accept-encoding",
    "content-type": JSON_TYPE,
    "cache-control": caching(log),
    ...(live ? { "electric-cursor": nextCursor(log.longPollMs, log.cursor) } : {}),
    etag: `"${etag(shape, from, description)}"`,
    "electric-handle": shape.handle,
    "electric-offset": formatOffset(description.offset),
    ...(live ? {} : { "electric-schema": schemaHeader(columns) }),
    ...(description.upToDate ? { "electric-up-to-date": "" } : {}),
    "electric-has-data": description.noChanges ? "false" : "true",
  };
}

function caching({ request, parameters }: LogRequest): string {
  if (!isCacheable(request)) return "no-cache";
  if (parameters.offset === BEFORE_ALL) {
    return "public, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746";
  }
  if (parameters.live) return "public, max-age=5, stale-while-revalidate=5";
  return "public, max-age=60, stale-while-revalidate=300";
}

let answers = 0;

function etag(shape: Shape, from: LogOffset | "now", description: Description): string {
  const start = from === "now" ? "now" : formatOffset(from);
  const name = `${shape.handle}:${start}:${formatOffset(description.offset)}`;
  return description.noChanges ? `${name}:${Date.now()}${answers++}` : name;
}

/** The client has this answer already: says so, and returns true. */
export function answeredBefore(log: LogRequest, headers: Headers): boolean {
  const sent = log.request.headers["if-none-match"];
  if (sent === undefined) return false;
  const names = sent.split(",").map((name) => name.trim().replace(/^"+|"+$/g, ""));
  if (!names.includes((headers.etag ?? "").slice(1, -1))) return false;
  const { "electric-schema": _, ...rest } = headers;
  send(log.response, 304, rest, "");
  return true;
}

/** Sends a page of the snapshot. */
async function sendPage(log: LogRequest, page: number): Promise<void> {
  const headers = logHeaders(log, { offset: { tx: 0, op: page }, upToDate: false });
  if (answeredBefore(log, headers)) return;
  const { response, shape } = log;
  // once it is open the end of the shape does not matter
  const file = await open(shape.pages.path(page));
  const { size } = await file.stat();
  if (size <= WHOLE_BYTES || log.request.method === "HEAD") {
    const rows = await file.readFile().finally(() => file.close());
    send(response, 200, headers, Buffer.concat([Buffer.from("["), rows, Buffer.from("]")]));
    return;
  }
  response.writeHead(200, { ...headers, "content-length": String(size + 2) });
  response.write("[");
  const rows = file.createReadStream({ highWaterMark: WHOLE_BYTES });
  rows.on("error", (error) => response.destroy(error));
  rows.on("end", () => response.end("]"));
  response.on("close", () => rows.destroy());
  rows.pipe(response, { end: false });
}

/** Sends a page of the snapshot as a stream of events. */
async function streamPage(log: LogRequest, page: number): Promise<void> {
  const headers = eventHeaders(logHeaders(log, { offset: { tx: 0, op: page }, upToDate: false }));
  if (answeredBefore(log, headers)) return;
  const file = await open(log.shape.pages.path(page));
  const messages = splitMessages(await file.readFile().finally(() => file.close()));
  send(log.response, 200, headers, messages.map((message) => `data: ${message}\n\n`).join(""));
}

/** How long a stream of events lasts. */
export const STREAM_MS = 60_000;

/** Turns the headers of an answer into those of a stream of events. */
export function eventHeaders(headers: Headers): Headers {
  const known = headers["cache-control"] ?? "";
  const caching = known === "no-cache" ? known : `public, max-age=${STREAM_MS / 1000 - 1}`;
  return { ...headers, "content-type": "text/event-stream", "cache-control": caching };
}

/** The end of the last answer that was made for a shape, since many clients wait for the same. */
const lastAnswers = new WeakMap<Shape, { name: string; body: Buffer }>();

/** The log behind `from`, as the body of an answer. */
function logBody(
  log: LogRequest,
  from: LogOffset,
  lsn: (end: LogOffset) => number,
): { body: Buffer; description: Description } {
  const { shape } = log;
  const end = shape.log.pageEnd(from);
  const description = { offset: end, upToDate: compareOffsets(end, shape.log.end) >= 0 };
  const control = description.upToDate ? upToDate(lsn(end)) : null;
  const name = `${formatOffset(from)} ${formatOffset(end)} ${control}`;
  const last = lastAnswers.get(shape);
  if (last?.name === name) return { body: last.body, description };
  const parts = shape.log.read(from, end);
  const texts = control === null ? parts : [...parts, Buffer.from(control)];
  const separator = Buffer.from(SEPARATOR);
  const body = Buffer.concat([
    Buffer.from("["),
    ...texts.flatMap((text, i) => (i === 0 ? [text] : [separator, text])),
    Buffer.from("]"),
  ]);
  if (body.length <= WHOLE_BYTES) lastAnswers.set(shape, { name, body });
  return { body, description };
}

/** Sends what of the log lies behind `from`. */
export function sendLog(log: LogRequest, from: LogOffset): void {
  const { engine, shape, parameters, response } = log;
  const end = shape.log.pageEnd(from);
  const description = { offset: end, upToDate: compareOffsets(end, shape.log.end) >= 0 };
  const headers = logHeaders(log, description);
  shape.tell(end);
  if (answeredBefore(log, headers)) return;
  // A live answer speaks for this shape only; others tell how far the whole stream has been read.
  const { body } = logBody(log, from, (last) => (parameters.live ? last.tx : Math.max(engine.seen, last.tx)));
  send(response, 200, headers, body);
}

/** Says that nothing has happened up to `offset`. */
export function sendNoChanges(log: LogRequest, offset: LogOffset): void {
  const headers = logHeaders(log, { offset, upToDate: true, noChanges: true });
  send(log.response, 200, headers, `[${upToDate(Math.max(log.engine.seen, offset.tx))}]`);
}

/** Tells the client to start again, with `handle` if that is known. */
export function sendMustRefetch(
  request: IncomingMessage,
  response: ServerResponse,
  handle: string | null,
): void {
  const headers: Headers = {
    ...corsHeaders(request, SHAPE_METHODS),
    vary: "accept-encoding",
    "content-type": JSON_TYPE,
    "cache-control": isCacheable(request)
      ? `public, max-age=${handle === null ? 1 : 60}, must-revalidate`
      : "no-cache",
    ...(handle === null ? {} : { "electric-handle": handle, etag: `"${handle}::"` }),
  };
  send(response, 409, headers, MUST_REFETCH);
}

/** Answers a request for the log, live or not, once the shape has got as far as the client claims to be. */
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
    if (await shape.pages.wait(page)) return parameters.sse ? streamPage(log, page) : sendPage(log, page);
  }
  // a stream is opened all the same, and ends soon
  if (compareOffsets(from, shape.log.end) > 0 && from.tx > 0 && !parameters.sse && !wasTold(log, from)) {
    const reached = await waitFor(log, from);
    if (shape.isRetired) return sendMustRefetch(log.request, log.response, null);
    if (!reached) throw new RequestError({ offset: ["out of bounds for this shape"] });
  }
  // a place between the pages and the first change is as far as one can get, too
  const atEnd = compareOffsets(from, shape.log.end) >= 0 || shape.log.end.tx === 0;
  if (parameters.live && (parameters.sse || atEnd)) holdLive(log, from);
  else sendLog(log, from);
}

/**
 * The position that a stream of events names once it has told everything up to the transaction at `tx`. The official
 * client goes on from `<this>_0`: one byte behind the transaction, so that it is not told a part of that again. No
 * other one commits there, since records of WAL begin at multiples of eight bytes.
 */
export const lsnBehind = (tx: number): number => tx + 1;

/** True of the place that a stream of events has named, see `lsnBehind`, when nothing has happened since. */
export function wasTold({ shape }: LogRequest, offset: LogOffset): boolean {
  const { tx } = shape.log.end;
  return tx > 0 && offset.op === 0 && offset.tx === lsnBehind(tx);
}

/** Waits half a long poll for the log to get as far as `offset`: the server may have restarted and be reading. */
function waitFor(log: LogRequest, offset: LogOffset): Promise<boolean> {
  const { shape, response } = log;
  return new Promise((resolve) => {
    const done = (reached: boolean) => {
      clearTimeout(timer);
      shape.stopWaiting(waiter);
      response.off("close", gone);
      resolve(reached);
    };
    const gone = () => done(false);
    const waiter = {
      changed: () => {
        if (compareOffsets(offset, shape.log.end) <= 0 || wasTold(log, offset)) done(true);
      },
      retired: () => done(false),
    };
    const timer = setTimeout(gone, log.longPollMs / 2);
    response.on("close", gone);
    shape.wait(waiter);
  });
}
