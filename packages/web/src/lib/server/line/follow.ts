import { setTimeout as pause } from "node:timers/promises";
import { type Answer, nextPoll } from "~/lib/wire/line";

/** How long to wait before the next poll when Electric has answered at once without changes, in milliseconds. */
const emptyPause = 1_000;

/** Answers one poll. Rejects when the signal aborts or the handler of the shape fails. */
export type Ask = (poll: string, signal: AbortSignal) => Promise<Answer>;

/**
 * Follows a shape: asks a poll, hands on the answer, and polls on from where the answer ended, until an answer has no
 * next poll. An answer without changes is not handed on, because the browser then waits at the same place as before.
 *
 * @param handOn called with each answer
 */
export async function follow(
  first: string,
  ask: Ask,
  handOn: (answer: Answer) => void,
  signal: AbortSignal,
): Promise<void> {
  let poll: string | undefined = first;
  while (poll !== undefined && !signal.aborted) {
    const began = performance.now();
    const answer = await ask(poll, signal);
    if (signal.aborted) return;
    const next = nextPoll(poll, answer);
    const isNew = next === undefined || answer.headers["electric-offset"] !== offsetOf(poll);
    if (isNew) handOn(answer);
    else if (performance.now() - began < emptyPause)
      await pause(emptyPause, undefined, { signal }).catch(() => {});
    poll = next;
  }
}

function offsetOf(poll: string): string | null {
  return new URLSearchParams(poll.slice(poll.indexOf("?"))).get("offset");
}
