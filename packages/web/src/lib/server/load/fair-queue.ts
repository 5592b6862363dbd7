import { type Limited, Overload } from "~/lib/server/load/overload";

interface Bounds {
  /** How many acts run at once. */
  readonly atOnce: number;
  /** How many acts of one lane run at once. */
  readonly atOncePerLane: number;
  /** A lane in which more acts wait than this goes one at a time. By default no lane does. */
  readonly long?: number;
  /** How many acts of one lane wait. */
  readonly waitingPerLane: number;
  /** How many lanes have acts that wait. An act waits for at most one act of each other lane, so this bounds the wait. */
  readonly waitingLanes: number;
}

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * Runs acts in lanes, such as one lane for each user. When an act ends, the lane whose turn was longest ago goes on, so
 * that a long lane delays only itself. Whatever finds no room is refused at once and does not wait.
 */
export class FairQueue {
  readonly #limited: Limited;
  readonly #bounds: Bounds;
  /** The lanes that run or wait. The lane that had its turn last is the last one. */
  readonly #lanes = new Map<string, Lane>();
  #running = 0;
  #waitingLanes = 0;

  /** @param limited what the queue bounds, for the refusal */
  constructor(limited: Limited, bounds: Bounds) {
    this.#limited = limited;
    this.#bounds = bounds;
  }

  /**
   * Runs an act when its turn comes.
   *
   * @param lane who wants the act, such as a user's id
   * @throws Overload when too much waits already
   */
  async run<Result>(lane: string, act: () => Promise<Result>): Promise<Result> {
    await this.#turn(lane);
    try {
      return await act();
    } finally {
      this.#end(lane);
    }
  }

  /**
   * Looks whether an act of a lane would find room now, before anything else is done for the act.
   *
   * @throws Overload when the act would be refused
   */
  expectRoom(name: string): void {
    const lane = this.#laneOf(name);
    if (this.#mayStart(lane)) return;
    const { waitingPerLane, waitingLanes } = this.#bounds;
    if (lane.waiting.length >= waitingPerLane) throw new Overload(this.#limited, "client");
    if (lane.waiting.length === 0 && this.#waitingLanes >= waitingLanes)
      throw new Overload(this.#limited, "everybody");
  }

  async #turn(name: string): Promise<void> {
    this.expectRoom(name);
    const lane = this.#laneOf(name);
    if (this.#mayStart(lane)) return this.#start(name, lane);
    if (lane.waiting.length === 0) this.#waitingLanes += 1;
    this.#lanes.set(name, lane);
    return new Promise((start) => lane.waiting.push(start));
  }

  #laneOf(name: string): Lane {
    return this.#lanes.get(name) ?? { running: 0, waiting: [] };
  }

  #mayStart({ running, waiting }: Lane): boolean {
    const { atOnce, atOncePerLane, long = Number.POSITIVE_INFINITY } = this.#bounds;
    return this.#running < atOnce && running < (waiting.length > long ? 1 : atOncePerLane);
  }

  #start(name: string, lane: Lane): void {
    this.#running += 1;
    lane.running += 1;
    // The lane has had its turn.
    this.#lanes.delete(name);
    this.#lanes.set(name, lane);
  }

  #end(name: string): void {
    const ended = this.#lanes.get(name);
    this.#running -= 1;
    if (ended) ended.running -= 1;
    if (ended?.running === 0 && ended.waiting.length === 0) this.#lanes.delete(name);
    for (const [next, lane] of this.#lanes) {
      if (lane.waiting.length === 0 || !this.#mayStart(lane)) continue;
      const start = lane.waiting.shift();
      if (lane.waiting.length === 0) this.#waitingLanes -= 1;
      this.#start(next, lane);
      start?.();
    }
  }
}
