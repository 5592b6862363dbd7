import { setTimeout as pause } from "node:timers/promises";
import { type Answer, nextPoll } from "~/lib/wire/line";

/** How long to wait before a poll that was answered at once, with nothing new, is asked again, in milliseconds. */
const emptyPause = 1_000;

/** Answers one poll: an error means that nobody wants the answer any more. */
export type Ask = (poll: string, signal: AbortSignal) => Promise<Response>;

/**
 * Follows a shape: asks a poll, hands on the answer, and goes on from where the answer ended, until the shape cannot be
 * followed on. Answers with nothing new are kept back: the browser waits at the same place as before.
 *
 * @param tell is called with each answer
 */
export async function follow(
  first: string,
  ask: Ask,
  tell: (answer: Answer) => void,
  signal: AbortSignal,
): Promise<void> {
  let poll: string | undefined = first;
  while (poll !== undefined && !signal.aborted) {
    const began = performance.now();
    const answer = await answerOf(await ask(poll, signal));
    if (signal.aborted) return;
    const next = nextPoll(poll, answer);
    const isNew = next === undefined || offsetOf(next) !== offsetOf(poll);
    if (isNew) tell(answer);
    else if (performance.now() - began < emptyPause)
      await pause(emptyPause, undefined, { signal }).catch(() => {});
    poll = next;
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const kept = [...response.headers].filter(
    ([name]) => name.startsWith("electric-") || name === "content-type" || name === "retry-after",
  );
  return { status: response.status, headers: Object.fromEntries(kept), body: await response.text() };
}

function offsetOf(poll: string): string | null {
  return new URLSearchParams(poll.slice(poll.indexOf("?"))).get("offset");
}
