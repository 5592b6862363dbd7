import { isLive, type ShapeHandler } from "~/lib/electric-proxy";
import type { CallerSession } from "~/lib/server/auth/caller-session";
import { refusal } from "~/lib/server/http/refusal";
import { answerOf } from "~/lib/server/http/whole-answer";
import { type Answer, movesOn, nextPoll } from "~/lib/wire/line";

/** How long to wait before the next poll when Electric has answered at once without changes, in milliseconds. */
const emptyPause = 1_000;

/** Finds the handler of a shape by the path of the route. */
export type RouteOf = (path: string) => Promise<Pick<ShapeHandler, "hold"> | undefined>;

/** What follows shapes: a line. */
export interface Follower {
  readonly session: CallerSession;
  readonly routeOf: RouteOf;
  /** True when nothing is followed any more. */
  readonly isOver: boolean;
  /** Takes an answer for the browser. */
  handOn(shape: FollowedShape, answer: Answer): void;
  /** Calls {@link FollowedShape.ask}, as soon as the next poll may be asked. */
  askOn(shape: FollowedShape): void;
  /** Forgets a shape that has no next poll. */
  unfollow(shape: FollowedShape): void;
}

/**
 * A shape that a line follows: asks a poll, hands on the answer, and polls on from where the answer ended, until an answer
 * has no next poll. An answer without changes is not handed on, because the browser then waits at the same place as before.
 */
export class FollowedShape {
  readonly #line: Follower;
  /** The index of the poll in the browser's request. */
  readonly index: number;
  /** Path and query of the poll that is asked, or comes next. */
  #poll: string;
  /** The poll that is under way. */
  #held: { leave(): void } | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #askedAt = 0;

  /** @param first path and query of the first poll */
  constructor(line: Follower, index: number, first: string) {
    this.#line = line;
    this.index = index;
    this.#poll = first;
  }

  /** Asks the next poll. Never rejects: the browser asks for a shape again whose answer breaks off. */
  async ask(): Promise<void> {
    this.#askedAt = performance.now();
    const refused = await this.#hold().catch(() => refusal(503, "The answer broke off."));
    if (refused) this.take(await answerOf(refused));
  }

  /** Takes the answer to the poll, and goes on. */
  take(answer: Answer): void {
    this.#held = undefined;
    if (this.#line.isOver) return;
    const asked = this.#poll;
    const next = nextPoll(asked, answer);
    const isNew = next === undefined || movesOn(partsOf(asked).query, answer);
    if (isNew) this.#line.handOn(this, answer);
    if (next === undefined) {
      this.#line.unfollow(this);
      return;
    }
    this.#poll = next;
    if (isNew || performance.now() - this.#askedAt >= emptyPause) this.#line.askOn(this);
    else this.#pause = setTimeout(() => this.#line.askOn(this), emptyPause);
  }

  /** Stops following. The request to Electric ends. */
  stop(): void {
    clearTimeout(this.#pause);
    this.#held?.leave();
  }

  /** Lets the route of the shape hold the poll. Gives a refusal instead when the route cannot. */
  async #hold(): Promise<Response | undefined> {
    const { path, query } = partsOf(this.#poll);
    const route = await this.#line.routeOf(path);
    if (this.#line.isOver) return undefined;
    if (!route) return refusal(404, `No shape is served at ${path}.`);
    // A first load is a separate request, because a line would have to hold the whole answer in memory.
    if (!isLive(new URLSearchParams(query))) return refusal(400, "A line carries only live polls.");
    const held = route.hold(this.#line.session, query, this);
    if (held instanceof Response) return held;
    this.#held = held;
    return undefined;
  }
}

function partsOf(poll: string): { path: string; query: string } {
  const [path = "", query = ""] = poll.split("?");
  return { path, query };
}
