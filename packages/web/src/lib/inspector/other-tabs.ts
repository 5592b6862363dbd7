import { lineLock } from "~/lib/sync/line/line-names";
import { aborted } from "~/lib/sync/pause";

/** The tabs of this user in this browser. */
export interface Tabs {
  /** Which tab leads the line. Undefined until the browser has been asked, and where the browser has no locks. */
  readonly leader: "this" | "other" | undefined;
  /** How many other tabs show pages of this user. */
  readonly others: number;
}

/**
 * What this browser knows of its tabs: the queue for the lock of the line holds one entry for each tab of the user.
 *
 * @param signal ends the search for this tab's own entry
 */
export class OtherTabs {
  readonly #userId: string;
  readonly #ownLock = `tracer-inspector:${crypto.randomUUID()}`;

  constructor(userId: string, signal: AbortSignal) {
    this.#userId = userId;
    // A lock of this tab alone, by which the tab recognises itself among the holders of locks.
    void navigator.locks.request(this.#ownLock, () => aborted(signal));
  }

  async look(): Promise<Tabs> {
    const { held = [], pending = [] } = await navigator.locks.query();
    const own = held.find(({ name }) => name === this.#ownLock)?.clientId;
    const ofLine = ({ name }: LockInfo) => name === lineLock(this.#userId);
    const leader = held.find(ofLine)?.clientId;
    const tabs = new Set([...held, ...pending].filter(ofLine).map(({ clientId }) => clientId));
    tabs.delete(own);
    return {
      leader: leader === undefined ? undefined : leader === own ? "this" : "other",
      others: tabs.size,
    };
  }

  /**
   * Has the tab that leads the line lose the lead, as if the tab had been closed. The next tab in the queue leads, and
   * the last leader waits behind all others.
   */
  async passOn(): Promise<void> {
    await navigator.locks.request(lineLock(this.#userId), { steal: true }, async () => {});
  }

  /** Passes the lead on until this tab leads. */
  async leadHere(): Promise<void> {
    const { others, leader } = await this.look();
    if (leader === "this") return;
    for (let passed = 0; passed <= others; passed++) {
      await this.passOn();
      // The next tab takes the lock in a turn of its own.
      await new Promise((resolve) => setTimeout(resolve, 50));
      if ((await this.look()).leader === "this") return;
    }
  }
}
