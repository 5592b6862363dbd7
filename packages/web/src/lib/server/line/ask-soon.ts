/** What asks its next poll. */
interface Asking {
  ask(): Promise<void>;
}

/** How many polls are asked in one turn. Each takes some tens of microseconds. */
const inOneTurn = 32;

const waiting: Asking[] = [];

/**
 * Lets a shape ask its next poll soon. A change may wake a thousand polls at once, and then the answers that have come go
 * first: a browser waits for an answer, and nobody waits for the next poll.
 */
export function askSoon(shape: Asking): void {
  if (waiting.length === 0) setImmediate(askSome);
  waiting.push(shape);
}

function askSome(): void {
  for (const shape of waiting.splice(0, inOneTurn)) void shape.ask();
  if (waiting.length > 0) setImmediate(askSome);
}
