import { setTimeout as pause } from "node:timers/promises";
import { type Answer, nextPoll } from "~/lib/wire/line";
import { momentsHeader } from "~/lib/wire/moments";

/** The headers that an answer keeps beside those of Electric's protocol. */
const others = new Set(["content-type", "retry-after", momentsHeader]);

/** How long to wait before the next poll when Electric has answered at once without changes, in milliseconds. */
const emptyPause = 1_000;

/** Answers one poll. Rejects when the signal aborts or the handler of the shape fails. */
export type Ask = (poll: string, signal: AbortSignal) => Promise<Response>;

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
    const answer = await answerOf(await ask(poll, signal));
    if (signal.aborted) return;
    const next = nextPoll(poll, answer);
    const isNew = next === undefined || offsetOf(next) !== offsetOf(poll);
    if (isNew) handOn(answer);
    else if (performance.now() - began < emptyPause)
      await pause(emptyPause, undefined, { signal }).catch(() => {});
    poll = next;
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const kept = [...response.headers].filter(([name]) => name.startsWith("electric-") || others.has(name));
  return { status: response.status, headers: Object.fromEntries(kept), body: await response.text() };
}

function offsetOf(poll: string): string | null {
  return new URLSearchParams(poll.slice(poll.indexOf("?"))).get("offset");
}
