import { type Batch, messageBytes } from "./batch.ts";
import { compareOffsets, type LogOffset, SNAPSHOT_END } from "./offset.ts";

/**
 * Answers are cut into pages, so that caches and clients need not hold more: a page ends with the message that makes its
 * messages this long.
 */
export const PAGE_BYTES = 10 * 1024 * 1024;
/** How far apart the known positions of a log lie. */
const STRIDE_BYTES = 64 * 1024;

/** What of a log is kept in memory: where its pages end, and every so often a position in the file. */
export class LogIndex {
  readonly #marks: { after: LogOffset; position: number }[] = [];
  readonly #pageEnds: LogOffset[] = [];
  #bytesInPage = 0;
  #last: LogOffset = SNAPSHOT_END;

  /** How full the last page is. */
  get bytesInPage(): number {
    return this.#bytesInPage;
  }

  /** Notes the next batch, whose header is at `position`. Batches end where pages end. */
  add(batch: Batch, position: number): void {
    if (position - (this.#marks.at(-1)?.position ?? 0) >= STRIDE_BYTES) {
      this.#marks.push({ after: this.#last, position });
    }
    this.#last = { tx: batch.tx, op: batch.lastOp };
    this.#bytesInPage += messageBytes(batch);
    if (this.#bytesInPage >= PAGE_BYTES) {
      this.#pageEnds.push(this.#last);
      this.#bytesInPage = 0;
    }
  }

  /** A position from which on everything behind `offset` is found. */
  positionFor(offset: LogOffset): number {
    const i = firstBehind(this.#marks, (mark) => compareOffsets(mark.after, offset) > 0);
    return this.#marks[i - 1]?.position ?? 0;
  }

  /** The end of the page that a client at `offset` reads next; null when that is the last, unfinished page. */
  pageEnd(offset: LogOffset): LogOffset | null {
    const i = firstBehind(this.#pageEnds, (end) => compareOffsets(end, offset) > 0);
    return this.#pageEnds[i] ?? null;
  }
}

/** The index of the first of the ordered `items` for which `behind` holds, or their number. */
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
