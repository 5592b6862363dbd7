import { hash } from "node:crypto";
import { refusal } from "~/lib/server/http/refusal";

/** A live poll that Electric holds, for all who wait at the same place of the same shape. */
interface SharedPoll {
  readonly key: string;
  readonly answer: Promise<Whole>;
  /** Ends the request to Electric. */
  readonly over: AbortController;
  waiting: number;
  answered: boolean;
}

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
  request: Pick<Request, "signal">,
  ask: (signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const key = hash("sha256", place, "base64");
  return waitFor(underWay.get(key) ?? begin(key, ask), request);
}

async function waitFor(poll: SharedPoll, { signal }: Pick<Request, "signal">): Promise<Response> {
  const gone = Promise.withResolvers<undefined>();
  const leave = () => gone.resolve(undefined);
  poll.waiting += 1;
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  try {
    const whole = await Promise.race([poll.answer, gone.promise]);
    if (!whole) return refusal(499, "The request was given up.");
    return new Response(whole.body, { status: whole.status, headers: whole.headers });
  } finally {
    signal.removeEventListener("abort", leave);
    poll.waiting -= 1;
    if (poll.waiting === 0 && !poll.answered) end(poll);
  }
}

function begin(key: string, ask: (signal: AbortSignal) => Promise<Response>): SharedPoll {
  const over = new AbortController();
  const answer = ask(over.signal).then(wholeOf);
  const poll: SharedPoll = { key, answer, over, waiting: 0, answered: false };
  underWay.set(key, poll);
  const settle = () => {
    poll.answered = true;
    forget(poll);
  };
  answer.then(settle, settle);
  return poll;
}

function end(poll: SharedPoll): void {
  forget(poll);
  poll.over.abort();
}

/** Whoever asks from now on asks Electric anew. */
function forget(poll: SharedPoll): void {
  if (underWay.get(poll.key) === poll) underWay.delete(poll.key);
}

async function wholeOf(answer: Response): Promise<Whole> {
  const { status, headers } = answer;
  return { status, headers, body: answer.body && (await answer.arrayBuffer()) };
}
