import type { Heard } from "./wire.ts";

/** What the clients of one kind have sent while a fault lasted. */
export interface Sent {
  /** Requests of one client in a second, on average over at least a second. */
  readonly perSecond: number;
  /** The most requests that one client has sent within any one second. */
  readonly peak: number;
  /**
   * The standard deviation of the pauses between two requests of a client, divided by their mean: 0 for a client that asks
   * at regular times, and about 1 for times without any rule. Undefined for fewer than two pauses.
   */
  readonly spread: number | undefined;
}

/** Measures requests. `milliseconds` is the time in which they arrived. */
export function measure(heard: readonly Heard[], clients: readonly string[], milliseconds: number): Sent {
  const times = clients.map((name) => heard.filter(({ client }) => client === name).map(({ at }) => at));
  const pauses = times.flatMap((each) => each.slice(1).map((at, index) => at - (each[index] ?? at)));
  const count = times.reduce((sum, each) => sum + each.length, 0);
  return {
    perSecond: count / clients.length / (Math.max(milliseconds, 1000) / 1000),
    peak: Math.max(0, ...times.map(busiestSecond)),
    spread: pauses.length < 2 ? undefined : deviation(pauses) / mean(pauses),
  };
}

function busiestSecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
}
