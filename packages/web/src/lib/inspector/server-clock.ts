import type { ServerTimes } from "./sync-event";

/** How far the server's clock is ahead of the browser's, and by how much the figure may be wrong, in milliseconds. */
export interface ClockSample {
  readonly offset: number;
  readonly error: number;
}

/**
 * Compares the two clocks by one request, as NTP does: the way there and the way back are taken to be equally long. The
 * error is half of the time that the request spent on its ways.
 *
 * @param sent when the request left, and `answered` when the answer came, on the browser's clock
 */
export function clockSample(sent: number, answered: number, server: ServerTimes): ClockSample {
  const offset = (server.received - sent + (server.answered - answered)) / 2;
  const onTheWay = answered - sent - (server.answered - server.received);
  return { offset, error: Math.max(0, onTheWay / 2) };
}

/** Returns the sample with the smallest error. Undefined without samples. */
export function bestSample(samples: readonly ClockSample[]): ClockSample | undefined {
  return samples.toSorted((one, other) => one.error - other.error)[0];
}
