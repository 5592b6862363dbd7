import { LineAnswer } from "~/lib/sync/line/line-answer";
import { LineLeader } from "~/lib/sync/line/line-leader";
import type { LineHealth, LineMessage } from "~/lib/sync/line/line-message";
import { lineChannel, lineLock, wantsChannel } from "~/lib/sync/line/line-names";
import { type Answer, heartbeatSeconds, placeOf, silenceSeconds } from "~/lib/wire/line";

/** How long polls go out as separate requests after the server has served no line, in milliseconds. */
const plainFor = 60_000;

/** How long the leading tab may be silent before another tab takes the lead, in milliseconds. */
const leaderPatience = (silenceSeconds + 15) * 1000;

type Waiter = (answer: Answer | undefined) => void;

/**
 * A tab's end of the line that all tabs of a browser share for one user. The tab that holds a Web Lock leads. When the
 * leading tab closes, the browser gives the lock to the next tab.
 */
export class Line {
  readonly #userId: string;
  readonly #ended: AbortSignal;
  readonly #onHealth: (health: LineHealth) => void;
  readonly #channel: BroadcastChannel | undefined;
  /** The polls of this tab that wait for an answer, with their callers, by the place of the poll. */
  readonly #waiting = new Map<string, { poll: string; waiters: Set<Waiter> }>();
  #leader: LineLeader | undefined;
  #heardLeader = performance.now();
  #plainUntil = 0;
  /** When this tab last sent a `want` message for each of its polls. */
  #asked = performance.now();
  #held = false;

  /**
   * @param onHealth called with each new state of the line, in the leading tab and in all others
   * @param ended aborts when the user's collections end
   */
  constructor(userId: string, onHealth: (health: LineHealth) => void, ended: AbortSignal) {
    this.#userId = userId;
    this.#onHealth = onHealth;
    this.#ended = ended;
    if (!isPossible()) return;
    const channel = new BroadcastChannel(lineChannel(userId));
    this.#channel = channel;
    channel.addEventListener("message", ({ data }: MessageEvent<LineMessage>) => this.#take(data));
    ended.addEventListener("abort", () => channel.close());
    this.#lead({});
    const watch = setInterval(() => this.#watchLeader(), silenceSeconds * 500);
    ended.addEventListener("abort", () => clearInterval(watch));
  }

  /**
   * Sends a live poll over the line and waits for the answer.
   *
   * @param poll path and query
   * @returns undefined when there is no line, so that the caller has to send the poll as a separate request
   * @throws the signal's reason when it aborts
   */
  ask(poll: string, signal: AbortSignal): Promise<LineAnswer | undefined> {
    if (!this.#channel || performance.now() < this.#plainUntil) return Promise.resolve(undefined);
    signal.throwIfAborted();
    const place = placeOf(poll);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = (answer) => {
        signal.removeEventListener("abort", giveUp);
        resolve(answer && new LineAnswer(answer));
      };
      const giveUp = () => {
        this.#forget(place, waiter);
        reject(signal.reason);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      const known = this.#waiting.get(place);
      if (known) known.waiters.add(waiter);
      else this.#waiting.set(place, { poll, waiters: new Set([waiter]) });
      this.#want(poll);
    });
  }

  /** Opens no request until `retryNow`, even when this tab begins to lead meanwhile. */
  hold(): void {
    this.#held = true;
    this.#leader?.hold();
  }

  /** Asks the server again at once, if this tab leads. */
  retryNow(): void {
    this.#held = false;
    this.#leader?.retryNow();
  }

  /** Waits for the lock, and leads until the collections end or another tab steals the lock. */
  #lead(options: { steal?: boolean }): void {
    let wants: BroadcastChannel | undefined;
    const request = options.steal ? { steal: true } : { signal: this.#ended };
    navigator.locks
      .request(lineLock(this.#userId), request, async () => {
        if (this.#ended.aborted || this.#leader) return;
        wants = new BroadcastChannel(wantsChannel(this.#userId));
        wants.addEventListener("message", ({ data }: MessageEvent<string>) => this.#leader?.want(data));
        this.#leader = new LineLeader(this.#userId, (message) => this.#say(message));
        if (this.#held) this.#leader.hold();
        await new Promise((resolve) => this.#ended.addEventListener("abort", resolve));
      })
      .catch(() => {
        // The collections ended while this tab waited, or another tab stole the lock.
        if (!this.#ended.aborted) this.#lead({});
      })
      .finally(() => {
        wants?.close();
        this.#leader?.end();
        this.#leader = undefined;
      });
  }

  /** Takes the lead when polls of this tab wait and the leading tab, perhaps frozen, is silent for too long. */
  #watchLeader(): void {
    if (this.#waiting.size === 0) this.#heardLeader = performance.now();
    if (performance.now() - this.#heardLeader < leaderPatience || this.#leader) return;
    this.#heardLeader = performance.now();
    this.#lead({ steal: true });
  }

  /**
   * Tells the tab that leads what is waited for here. Only that tab keeps the channel open: all others would have to read
   * the message too.
   */
  #want(poll: string): void {
    if (this.#ended.aborted) return;
    if (this.#leader) {
      this.#leader.want(poll);
      return;
    }
    const wants = new BroadcastChannel(wantsChannel(this.#userId));
    wants.postMessage(poll);
    wants.close();
  }

  #say(message: LineMessage): void {
    if (this.#ended.aborted) return;
    this.#channel?.postMessage(message);
    // A BroadcastChannel does not deliver a message to its sender.
    this.#take(message);
  }

  #take(message: LineMessage): void {
    this.#heardLeader = performance.now();
    if (message.kind === "answer") this.#settle(message.place, message.answer);
    else if (message.kind === "no-room") this.#settle(message.place, undefined);
    else if (message.kind === "health") this.#takeHealth(message.health);
    // The sender begins to lead. When this tab is the sender, `#leader` is set only after this turn.
    else queueMicrotask(() => this.#askAgain());
  }

  #takeHealth(health: LineHealth): void {
    if (health.state === "unavailable") this.#goPlain();
    // A `want` message can be lost, for example in a frozen tab. A repeated one does no harm.
    if (health.state === "up" && performance.now() - this.#asked > heartbeatSeconds * 1000) this.#askAgain();
    this.#onHealth(health);
  }

  #askAgain(): void {
    this.#asked = performance.now();
    for (const { poll } of this.#waiting.values()) this.#want(poll);
  }

  #goPlain(): void {
    this.#plainUntil = performance.now() + plainFor;
    for (const place of [...this.#waiting.keys()]) this.#settle(place, undefined);
  }

  #settle(place: string, answer: Answer | undefined): void {
    const waiting = this.#waiting.get(place);
    this.#waiting.delete(place);
    for (const waiter of waiting?.waiters ?? []) waiter(answer);
  }

  #forget(place: string, waiter: Waiter): void {
    const waiting = this.#waiting.get(place);
    waiting?.waiters.delete(waiter);
    if (waiting?.waiters.size === 0) this.#waiting.delete(place);
  }
}

/** Whether the browser has Web Locks and BroadcastChannel. False on the server and in an insecure context. */
function isPossible(): boolean {
  return typeof window !== "undefined" && "locks" in navigator && typeof BroadcastChannel !== "undefined";
}
