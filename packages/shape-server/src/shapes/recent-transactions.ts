import { type Snapshot, sees } from "../postgres/visibility.ts";

/** How many of the last transactions are remembered, at least. */
const remembered = 1024;

/** The transactions that the stream has sent last, for telling whether a new snapshot shows them. */
export class RecentTransactions {
  readonly #recent: { xid: number; count: number }[] = [];

  /** Notes a complete transaction; `count` numbers the transactions in the order in which they began to arrive. */
  add(xid: number, count: number): void {
    this.#recent.push({ xid, count });
    if (this.#recent.length > 2 * remembered) this.#recent.splice(0, remembered);
  }

  /** True when the snapshot shows every transaction that came before the one numbered `count`. */
  areShownBefore(count: number, snapshot: Snapshot): boolean {
    return this.#recent.every(
      (transaction) => transaction.count >= count || sees(snapshot, transaction.xid, 0),
    );
  }

  /** True when the snapshot shows the transaction `xid` and everything that came before it. */
  areShownUpTo(xid: number, snapshot: Snapshot): boolean {
    const last = this.#recent.findLastIndex((transaction) => transaction.xid === xid);
    return this.#recent.slice(0, last + 1).every((transaction) => sees(snapshot, transaction.xid, 0));
  }
}
