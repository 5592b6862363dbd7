import { hash } from "node:crypto";
import { endWhenStopping, isStopping } from "~/lib/server/http/stopping";
import { firstByteSeconds } from "~/lib/server/limits";
import { logFailure } from "~/lib/server/log-failure";
import type { Answer } from "~/lib/wire/line";
import { ElectricPoll, type PollListener } from "./electric-poll";
import { endings } from "./passed-answer";

/** Sends a poll to Electric. What is returned can end the poll. */
type Ask = (listener: PollListener) => Pick<ElectricPoll, "end">;

const askElectric: Ask = (listener) => new ElectricPoll(listener);

/** The polls that have no answer yet, by the hash of what Electric is asked: an address is long, and holds a secret. */
const underWay = new Map<string, SharedPoll>();

/** How often the polls are looked at for those that take too long, in seconds. */
const lookSeconds = 5;

/** How often a poll is looked at before it has taken too long. */
const longestLooks = firstByteSeconds / lookSeconds;

let looking: ReturnType<typeof setInterval> | undefined;

endWhenStopping(() => {
  for (const poll of underWay.values()) poll.end(endings.stopped);
});

/**
 * Waits for the answer to a live poll. Those who wait for the same share one request to Electric, such as the browsers of
 * one person: each saves a connection and its memory.
 *
 * Whether the caller may have the rows is for the caller to check: a poll is shared by what Electric is asked, and that
 * includes whose rows they are.
 *
 * @param waiter gets the answer, which others may get too
 * @returns the shared poll, which the waiter may leave. The request to Electric ends when all have left
 */
export function joinPoll(waiter: PollListener, ask = askElectric): SharedPoll {
  // The cursor only keeps a cache from giving an old answer.
  const place = waiter.address.replace(/([?&])cursor=[^&]*&/, "$1");
  const key = hash("sha256", place, "base64");
  const known = underWay.get(key);
  if (!known) return new SharedPoll(key, waiter, ask);
  known.join(waiter);
  return known;
}

/** A live poll that Electric holds, for all who wait at the same place of the same shape. */
export class SharedPoll implements PollListener {
  readonly #key: string;
  /** Mostly one, so a set would take more memory. */
  #waiters: PollListener[];
  readonly #asked: ReturnType<Ask>;
  #looks = 0;

  constructor(key: string, first: PollListener, ask: Ask) {
    this.#key = key;
    this.#waiters = [first];
    this.#asked = ask(this);
    underWay.set(key, this);
    looking ??= setInterval(lookAtAll, lookSeconds * 1000);
    if (isStopping()) this.end(endings.stopped);
  }

  /** All who wait ask Electric the same. */
  get address(): string {
    const [first] = this.#waiters;
    if (!first) throw new Error("Nobody waits for this poll.");
    return first.address;
  }

  join(waiter: PollListener): void {
    this.#waiters.push(waiter);
  }

  leave(waiter: PollListener): void {
    this.#waiters = this.#waiters.filter((one) => one !== waiter);
    if (this.#waiters.length > 0) return;
    this.#forget();
    this.end(endings.givenUp);
  }

  /** Ends the request to Electric. @param reason one of {@link endings} */
  end(reason: Error): void {
    this.#asked.end(reason);
  }

  onAnswer(answer: Answer): void {
    this.#forget();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) tell(waiter, answer);
  }

  /** Ends the request when Electric takes too long. A timer of its own for each poll would take more memory than the poll. */
  look(): void {
    this.#looks += 1;
    if (this.#looks > longestLooks) this.end(endings.tooLate);
  }

  /** Whoever asks from now on asks Electric anew. */
  #forget(): void {
    if (underWay.get(this.#key) === this) underWay.delete(this.#key);
    if (underWay.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  }
}

/** The failure of one who waits must not keep the answer from the others. */
function tell(waiter: PollListener, answer: Answer): void {
  try {
    waiter.onAnswer(answer);
  } catch (error) {
    logFailure("the answer to a poll could not be taken", error);
  }
}

function lookAtAll(): void {
  for (const poll of underWay.values()) poll.look();
}
