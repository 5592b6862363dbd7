import { LineLeader } from "~/lib/sync/line/line-leader";
import type { LineHealth, LineMessage } from "~/lib/sync/line/line-message";
import { type Answer, placeOf, silenceSeconds } from "~/lib/wire/line";

/** For how long polls are requests of their own when there is no line to be had, in milliseconds. */
const plainFor = 60_000;

/** After how long without a word from the leading tab another one takes over, in milliseconds. */
const leaderPatience = (silenceSeconds + 15) * 1000;

type Waiter = (answer: Answer | undefined) => void;

/**
 * A tab's end of the line that all tabs of a browser share for one user. One tab leads: the one that holds a lock of the
 * browser, which passes on when that tab goes.
 */
export class Line {
  readonly #userId: string;
  readonly #ended: AbortSignal;
  readonly #onHealth: (health: LineHealth) => void;
  readonly #channel: BroadcastChannel | undefined;
  /** Who in this tab waits for the answer to which poll, by the place of the poll. */
  readonly #waiting = new Map<string, { poll: string; waiters: Set<Waiter> }>();
  #leader: LineLeader | undefined;
  #heardLeader = performance.now();
  #plainUntil = 0;
  #held = false;

  /**
   * @param onHealth is told how the line is doing, whoever leads
   * @param ended aborts when the user's collections end
   */
  constructor(userId: string, onHealth: (health: LineHealth) => void, ended: AbortSignal) {
    this.#userId = userId;
    this.#onHealth = onHealth;
    this.#ended = ended;
    if (!isPossible()) return;
    const channel = new BroadcastChannel(`tracer-line:${userId}`);
    this.#channel = channel;
    channel.addEventListener("message", ({ data }: MessageEvent<LineMessage>) => this.#take(data));
    ended.addEventListener("abort", () => channel.close());
    this.#lead({});
    const watch = setInterval(() => this.#watchLeader(), silenceSeconds * 500);
    ended.addEventListener("abort", () => clearInterval(watch));
  }

  /**
   * Has a live poll answered over the line.
   *
   * @param poll path and query
   * @returns undefined when the poll has to be a request of its own
   * @throws the signal's reason when it aborts
   */
  ask(poll: string, signal: AbortSignal): Promise<Response | undefined> {
    if (!this.#channel || performance.now() < this.#plainUntil) return Promise.resolve(undefined);
    signal.throwIfAborted();
    const place = placeOf(poll);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = (answer) => {
        signal.removeEventListener("abort", giveUp);
        resolve(answer && new Response(answer.body, { status: answer.status, headers: answer.headers }));
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

  /** Asks the server nothing new until `retryNow`, also when this tab comes to lead meanwhile. */
  hold(): void {
    this.#held = true;
    this.#leader?.hold();
  }

  /** Asks the server again at once, if this tab leads. */
  retryNow(): void {
    this.#held = false;
    this.#leader?.retryNow();
  }

  /** Waits for its turn to lead, and leads until the collections end or another tab takes the lead away. */
  #lead(options: { steal?: boolean }): void {
    const lock = `tracer-line:${this.#userId}`;
    let wants: BroadcastChannel | undefined;
    const request = options.steal ? { steal: true } : { signal: this.#ended };
    navigator.locks
      .request(lock, request, async () => {
        if (this.#ended.aborted || this.#leader) return;
        wants = new BroadcastChannel(this.#wantsName);
        wants.addEventListener("message", ({ data }: MessageEvent<string>) => this.#leader?.want(data));
        this.#leader = new LineLeader(this.#userId, (message) => this.#say(message));
        if (this.#held) this.#leader.hold();
        await new Promise((resolve) => this.#ended.addEventListener("abort", resolve));
      })
      .catch(() => {
        // The collections ended while this tab waited, or another tab has taken the lead.
        if (!this.#ended.aborted) this.#lead({});
      })
      .finally(() => {
        wants?.close();
        this.#leader?.end();
        this.#leader = undefined;
      });
  }

  /** Takes the lead when somebody waits here and the leading tab has been silent for too long: it may be frozen. */
  #watchLeader(): void {
    if (this.#waiting.size === 0) this.#heardLeader = performance.now();
    if (performance.now() - this.#heardLeader < leaderPatience || this.#leader) return;
    this.#heardLeader = performance.now();
    this.#lead({ steal: true });
  }

  /** Tells the tab that leads, and that tab alone, what is waited for here: all others would have to read the message too. */
  #want(poll: string): void {
    if (this.#ended.aborted) return;
    if (this.#leader) {
      this.#leader.want(poll);
      return;
    }
    const wants = new BroadcastChannel(this.#wantsName);
    wants.postMessage(poll);
    wants.close();
  }

  /** The channel to the tab that leads. Only that tab keeps the channel open. */
  get #wantsName(): string {
    return `tracer-line-wants:${this.#userId}`;
  }

  #say(message: LineMessage): void {
    if (this.#ended.aborted) return;
    this.#channel?.postMessage(message);
    // A channel does not carry a message back to who sent it.
    this.#take(message);
  }

  #take(message: LineMessage): void {
    this.#heardLeader = performance.now();
    if (message.kind === "answer") this.#settle(message.place, message.answer);
    else if (message.kind === "no-room") this.#settle(message.place, undefined);
    else if (message.kind === "health") this.#takeHealth(message.health);
    // Said by a tab that is just beginning to lead, perhaps this one, which can be asked only after this turn.
    else queueMicrotask(() => this.#askAgain());
  }

  #takeHealth(health: LineHealth): void {
    if (health.state === "unavailable") this.#goPlain();
    this.#onHealth(health);
  }

  #askAgain(): void {
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

/** Whether this browser has what a line takes. On the server, and in an insecure context, there is none. */
function isPossible(): boolean {
  return typeof window !== "undefined" && "locks" in navigator && typeof BroadcastChannel !== "undefined";
}
