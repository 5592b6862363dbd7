import { type Batch, messageBytes } from "./batch.ts";
import { compareOffsets, type LogOffset, snapshotEndOffset } from "./offset.ts";

/** A page of a log ends with the message that makes its messages this long. Caches keep answers up to some length only. */
export const defaultPageBytes = 10 * 1024 * 1024;
/** The distance between two positions that the index holds. */
const strideBytes = 64 * 1024;

/** A place in a log and where in the file the messages behind the place begin. */
interface Mark {
  readonly after: LogOffset;
  readonly position: number;
}

/** The part of a log that is kept in memory: where the pages end, and a position in the file every 64 KB. */
export class LogIndex {
  readonly #marks: Mark[] = [];
  readonly #pageEnds: LogOffset[] = [];
  readonly #pageBytes: number;
  #bytesInPage = 0;
  #last: LogOffset = snapshotEndOffset;

  /** @param pageBytes the length at which a page ends. */
  constructor(pageBytes: number) {
    this.#pageBytes = pageBytes;
  }

  /** The length of the messages in the last, unfinished page. */
  get bytesInPage(): number {
    return this.#bytesInPage;
  }

  /** Adds the next batch, whose header is at `position` in the file. No batch goes on behind the end of a page. */
  add(batch: Batch, position: number): void {
    if (position - (this.#marks.at(-1)?.position ?? 0) >= strideBytes) {
      this.#marks.push({ after: this.#last, position });
    }
    this.#last = { tx: batch.tx, op: batch.lastOp };
    this.#bytesInPage += messageBytes(batch);
    if (this.#bytesInPage >= this.#pageBytes) {
      this.#pageEnds.push(this.#last);
      this.#bytesInPage = 0;
    }
  }

  /** A position in the file with every message behind `offset` at or after it. */
  positionFor(offset: LogOffset): number {
    const i = firstBehind(this.#marks, (mark) => compareOffsets(mark.after, offset) > 0);
    return this.#marks[i - 1]?.position ?? 0;
  }

  /** The end of the page that a client at `offset` reads next; undefined for the last, unfinished page. */
  pageEnd(offset: LogOffset): LogOffset | undefined {
    const i = firstBehind(this.#pageEnds, (end) => compareOffsets(end, offset) > 0);
    return this.#pageEnds[i];
  }
}

/** The index of the first of the ordered `items` for which `behind` holds; the number of items when there is none. */
function firstBehind<T>(items: T[], behind: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && behind(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
