import { messageSeparator, upToDate } from "../log/messages.ts";
import { compareOffsets, formatOffset, type LogOffset } from "../log/offset.ts";
import type { Shape } from "../shapes/shape.ts";

/** A page of a shape's log: what one answer carries. */
export interface LogPage {
  /** The page holds the messages behind this place … */
  readonly from: LogOffset;
  /** … up to and with this one. */
  readonly end: LogOffset;
  /** True when the log ends with the page. */
  readonly upToDate: boolean;
}

/** The page that a client at `from` reads next. */
export function pageBehind({ log }: Shape, from: LogOffset): LogPage {
  const end = log.pageEnd(from);
  return { from, end, upToDate: compareOffsets(end, log.end) >= 0 };
}

/** Larger answers are neither kept nor sent as a whole. */
export const wholeBytes = 256 * 1024;

/** The last answer that was made for each shape, since many clients wait for the same answer. */
const lastAnswers = new WeakMap<Shape, { readonly name: string; readonly body: Buffer }>();

/**
 * The body of an answer with a page: a JSON array of messages.
 *
 * @param lsn the position that the up-to-date message names, if there is one.
 */
export function pageBody(shape: Shape, page: LogPage, lsn: number): Buffer {
  const control = page.upToDate ? upToDate(lsn) : undefined;
  const name = `${formatOffset(page.from)} ${formatOffset(page.end)} ${control}`;
  const last = lastAnswers.get(shape);
  if (last?.name === name) return last.body;
  const parts = shape.log.read(page.from, page.end);
  const body = jsonArray(control === undefined ? parts : [...parts, Buffer.from(control)]);
  if (body.length <= wholeBytes) lastAnswers.set(shape, { name, body });
  return body;
}

function jsonArray(texts: Buffer[]): Buffer {
  const comma = Buffer.from(messageSeparator);
  const parts = texts.flatMap((text, i) => (i === 0 ? [text] : [comma, text]));
  return Buffer.concat([Buffer.from("["), ...parts, Buffer.from("]")]);
}
