import { isLive, type ShapeHandler } from "~/lib/electric-proxy";
import { refusal } from "~/lib/server/http/refusal";
import { answerOf } from "~/lib/server/http/whole-answer";
import type { Line } from "~/lib/server/line/line";
import type { AnswerTaker, HeldPoll } from "~/lib/server/shapes/held-poll";
import { type Answer, nextPoll } from "~/lib/wire/line";

/** How long to wait before the next poll when Electric has answered at once without changes, in milliseconds. */
const emptyPause = 1_000;

/** Finds the handler of a shape by the path of the route. */
export type RouteOf = (path: string) => Promise<Pick<ShapeHandler, "hold"> | undefined>;

/**
 * A shape that a line follows: asks a poll, hands on the answer, and polls on from where the answer ended, until an answer
 * has no next poll. An answer without changes is not handed on, because the browser then waits at the same place as before.
 */
export class FollowedShape implements AnswerTaker {
  readonly #line: Line;
  /** The index of the poll in the browser's request. */
  readonly index: number;
  /** Path and query of the poll that is asked, or comes next. */
  #poll: string;
  #held: HeldPoll | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #askedAt = 0;

  /** @param first path and query of the first poll */
  constructor(line: Line, index: number, first: string) {
    this.#line = line;
    this.index = index;
    this.#poll = first;
  }

  /** Asks the next poll. Never rejects: the browser asks for a shape again whose answer breaks off. */
  async ask(): Promise<void> {
    this.#askedAt = performance.now();
    try {
      const refused = await this.#hold();
      if (refused) this.take(await answerOf(refused));
    } catch {
      this.take({ status: 503, headers: {}, body: '{"message":"The answer broke off."}' });
    }
  }

  /** Takes the answer to the poll, and goes on. */
  take(answer: Answer): void {
    this.#held = undefined;
    if (this.#line.isOver) return;
    const asked = this.#poll;
    const next = nextPoll(asked, answer);
    const isNew = next === undefined || answer.headers["electric-offset"] !== offsetOf(asked);
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

function offsetOf(poll: string): string | null {
  return new URLSearchParams(partsOf(poll).query).get("offset");
}
