import { hash } from "node:crypto";
import { refusal } from "~/lib/server/http/refusal";
import type { ForwardedShape } from "~/lib/server/shapes/electric-forward";

/** A request to Electric whose answer comes, and that can be given up. */
type Asked = Pick<ForwardedShape, "answer" | "giveUp">;

/** An answer whose body is in memory. */
interface Whole {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ArrayBuffer | null;
}

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
 * @param request whose signal aborts when this caller has gone. The request to Electric ends when all have gone
 * @param ask sends the request to Electric
 */
export function sharePoll(
  place: string,
  { signal }: Pick<Request, "signal">,
  ask: () => Asked,
): Promise<Response> {
  const key = hash("sha256", place, "base64");
  return (underWay.get(key) ?? new SharedPoll(key, ask())).wait(signal);
}

interface Waiter {
  take(answer: Whole): void;
  fail(error: unknown): void;
}

/** A live poll that Electric holds, for all who wait at the same place of the same shape. */
class SharedPoll {
  readonly #key: string;
  readonly #asked: Asked;
  readonly #waiters = new Set<Waiter>();

  constructor(key: string, asked: Asked) {
    this.#key = key;
    this.#asked = asked;
    underWay.set(key, this);
    asked.answer.then(wholeOf).then(
      (answer) => this.#settle((waiter) => waiter.take(answer)),
      (error) => this.#settle((waiter) => waiter.fail(error)),
    );
  }

  wait(signal: AbortSignal): Promise<Response> {
    if (signal.aborted) {
      this.#endIfAlone();
      return Promise.resolve(gone());
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiters.delete(waiter);
        resolve(gone());
        this.#endIfAlone();
      };
      const waiter: Waiter = {
        take: ({ status, headers, body }) => {
          signal.removeEventListener("abort", leave);
          resolve(new Response(body, { status, headers }));
        },
        fail: (error) => {
          signal.removeEventListener("abort", leave);
          reject(error);
        },
      };
      this.#waiters.add(waiter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  #settle(tell: (waiter: Waiter) => void): void {
    this.#forget();
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) tell(waiter);
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

function gone(): Response {
  return refusal(499, "The request was given up.");
}

async function wholeOf(answer: Response): Promise<Whole> {
  const { status, headers } = answer;
  return { status, headers, body: answer.body && (await answer.arrayBuffer()) };
}
