import { setTimeout as delay } from "node:timers/promises";

/**
 * Joins pieces of text that arrive one by one, so that at most one batch comes in each interval. The first piece after a
 * pause comes at once. While the consumer handles a batch, the source is not asked for more than one further piece.
 *
 * No batch ends within a character of two UTF-16 units, because Postgres does not store one half of such a character.
 *
 * @param interval in milliseconds
 * @throws what the source throws, after the text that came before
 */
export async function* batches(pieces: AsyncIterable<string>, interval: number): AsyncGenerator<string> {
  const source = pieces[Symbol.asyncIterator]();
  let text = "";
  let due: Promise<void> | undefined;
  let isDue = true;
  let next = nextOf(source);
  try {
    for (;;) {
      const arrived = await Promise.race(due && text ? [next, due] : [next]);
      if (arrived) {
        if (arrived.done) break;
        text += arrived.value;
        next = nextOf(source);
      }
      const whole = isDue ? withoutHalf(text) : "";
      if (whole === "") continue;
      yield whole;
      text = text.slice(whole.length);
      isDue = false;
      due = delay(interval).then(() => {
        isDue = true;
        due = undefined;
      });
    }
    if (text) yield text;
  } catch (error) {
    if (text) yield text;
    throw error;
  } finally {
    // The consumer may stop while the source is silent, so nobody waits for the source to end.
    source.return?.().catch(() => {});
  }
}

/** Asks for the next piece. While the consumer handles a batch, nobody looks at an error yet. */
function nextOf(source: AsyncIterator<string>): Promise<IteratorResult<string>> {
  const next = source.next();
  next.catch(() => {});
  return next;
}

/** The text without the first half of a character at its end. The second half comes with the next piece. */
function withoutHalf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
