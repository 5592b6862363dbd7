import type { Random } from "./random";

/** What the wire does to one request. Times are in milliseconds. */
export interface Fate {
  /** How long the request is on its way, and how long the answer. */
  readonly requestDelay: number;
  readonly answerDelay: number;
  /** The request arrives again after this time. Nobody hears the answer. */
  readonly repeatAfter?: number;
  /** What the browser gets: the answer, nothing, or the word of a gateway that has not asked the server. */
  readonly ending: "answered" | "request-lost" | "answer-lost" | "gateway";
}

/** The longest delay, and the time after which a page gives a write up, in milliseconds of the model's time. */
const longestDelay = 30_000;
const patience = 15_000;

/** The wire carries the request and the answer at once. */
export const smooth: Fate = { requestDelay: 0, answerDelay: 0, ending: "answered" };

/** What happens to a write: in half of the cases nothing. @param pace by which the model's time is multiplied */
export function fateOfWrite(random: Random, pace: number): Fate {
  if (random.chance(0.5)) return smooth;
  const delay = () => (random.chance(0.5) ? 0 : random.next() ** 2 * longestDelay * pace);
  const fate: Fate = {
    requestDelay: delay(),
    answerDelay: delay(),
    ...(random.chance(0.3) && { repeatAfter: random.next() * longestDelay * pace }),
    ending: random.weighted([
      [5, "answered" as const],
      [2, "answer-lost" as const],
      [2, "request-lost" as const],
      [1, "gateway" as const],
    ]),
  };
  // The page does not wait for so long, but what is under way arrives.
  const late = fate.requestDelay + fate.answerDelay > patience * pace;
  return late && fate.ending === "answered" ? { ...fate, ending: "answer-lost" } : fate;
}

/** What happens to a request that reads, or to the line. */
export function fateOfRead(random: Random, pace: number): Fate {
  if (random.chance(0.9)) return smooth;
  return {
    requestDelay: random.next() * longestDelay * pace,
    answerDelay: 0,
    ending: random.weighted([
      [3, "answered" as const],
      [1, "request-lost" as const],
      [1, "answer-lost" as const],
      [1, "gateway" as const],
    ]),
  };
}
