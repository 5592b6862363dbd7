import { hash } from "node:crypto";
import type { ForwardedShape } from "~/lib/server/shapes/electric-forward";
import type { Answer } from "~/lib/wire/line";

/** A request to Electric whose answer comes, and that can be given up. */
type Asked = Pick<ForwardedShape<Answer>, "answer" | "giveUp">;

/** The polls that have no answer yet, by the hash of what Electric is asked: an address is long, and holds a secret. */
const underWay = new Map<string, SharedPoll>();

/**
 * Waits for the answer to a live poll. Those who wait for the same share one request to Electric, such as the browsers of
 * one person: each saves a connection and its memory. The answer is whole in memory, because the answer goes to many.
 *
 * Whether the caller may have the rows is for the caller to check: a poll is shared by what Electric is asked, and that
 * includes whose rows they are.
 *
 * @param place what Electric is asked, without the cursor, which only keeps a cache from giving an old answer
 * @param signal aborts when this caller has gone. The request to Electric ends when all have gone
 * @param ask sends the request to Electric
 * @returns the answer, which others may have too. Undefined when the caller has gone
 */
export function sharePoll(place: string, signal: AbortSignal, ask: () => Asked): Promise<Answer | undefined> {
  const key = hash("sha256", place, "base64");
  return (underWay.get(key) ?? new SharedPoll(key, ask())).wait(signal);
}

/** A live poll that Electric holds, for all who wait at the same place of the same shape. */
class SharedPoll {
  readonly #key: string;
  readonly #asked: Asked;
  /** Each takes the answer. */
  readonly #waiters = new Set<(answer: Answer) => void>();

  constructor(key: string, asked: Asked) {
    this.#key = key;
    this.#asked = asked;
    underWay.set(key, this);
    void asked.answer.then((answer) => this.#settle(answer));
  }

  wait(signal: AbortSignal): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const leave = () => {
        this.#waiters.delete(take);
        resolve(undefined);
        this.#endIfAlone();
      };
      const take = (answer: Answer) => {
        signal.removeEventListener("abort", leave);
        resolve(answer);
      };
      this.#waiters.add(take);
      if (signal.aborted) leave();
      else signal.addEventListener("abort", leave, { once: true });
    });
  }

  #settle(answer: Answer): void {
    this.#forget();
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const take of waiters) take(answer);
  }

  #endIfAlone(): void {
    if (this.#waiters.size > 0) return;
    this.#forget();
    this.#asked.giveUp();
  }

  /** Whoever asks from now on asks Electric anew. */
  #forget(): void {
    if (underWay.get(this.#key) === this) underWay.delete(this.#key);
  }
}
