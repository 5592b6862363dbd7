import "@tanstack/react-start/server-only";
import { Resource } from "sst";
import type { CallerSession } from "~/lib/server/auth/caller-session";
import { unchecked } from "~/lib/server/auth/checked-session";
import { stillStands } from "~/lib/server/auth/standing";
import { refusal } from "~/lib/server/http/refusal";
import { answerOf } from "~/lib/server/http/whole-answer";
import { heldPolls } from "~/lib/server/limits";
import { Held } from "~/lib/server/load/held";
import { Overload, refuseOverload } from "~/lib/server/load/overload";
import { type Answer, movesOn } from "~/lib/wire/line";
import type { PollListener } from "./electric-poll";
import { joinPoll, type SharedPoll } from "./shared-polls";

/** A shape as its polls need to know the shape. */
export interface PolledShape {
  /** Makes the address at which Electric answers a poll. @throws when the shape's policy does not fit its table */
  addressOf(asked: URLSearchParams, session: CallerSession): string;
}

/** Takes the answer to a poll. */
export interface AnswerTaker {
  take(answer: Answer): void;
}

const held = new Held("polls", heldPolls);

/**
 * A live poll of a caller whose session has been checked. A poll waits most of its time, so polls have no turns: a user may
 * hold so many of them.
 *
 * A process holds tens of thousands of polls, so a poll keeps no more than it needs to ask again: neither the address at
 * Electric, which can be made again, nor a promise.
 */
export class HeldPoll implements PollListener {
  readonly #shape: PolledShape;
  readonly #session: CallerSession;
  readonly #query: string;
  readonly #taker: AnswerTaker;
  #shared: SharedPoll | undefined;
  #isLeft = false;

  /**
   * Begins to wait.
   *
   * @param query the query of the poll, as the client has sent the query
   * @param taker gets the answer, later than now. The answer is 429 or 503 when too many polls are held
   * @throws when the shape's policy does not fit its table
   */
  constructor(shape: PolledShape, session: CallerSession, query: string, taker: AnswerTaker) {
    this.#shape = shape;
    this.#session = session;
    this.#query = query;
    this.#taker = taker;
    this.#begin();
  }

  get address(): string {
    return this.#shape.addressOf(new URLSearchParams(this.#query), this.#session);
  }

  /** Stops waiting. The taker gets no answer any more. */
  leave(): void {
    this.#isLeft = true;
    if (!this.#shared) return;
    this.#release();
    this.#shared.leave(this);
    this.#shared = undefined;
  }

  onAnswer(answer: Answer): void {
    this.#shared = undefined;
    this.#release();
    if (answer.status === 200 && movesOn(this.#query, answer)) void this.#takeIfStanding(answer);
    else this.#taker.take(answer);
  }

  #begin(): void {
    try {
      held.hold(this.#session.id);
    } catch (error) {
      if (!(error instanceof Overload)) throw error;
      void this.#refuse(refuseOverload(Resource.Site, error, this.#session.id));
      return;
    }
    try {
      this.#shared = joinPoll(this);
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  #release(): void {
    held.giveBack(this.#session.id);
  }

  async #takeIfStanding(answer: Answer): Promise<void> {
    const refused = await refusalOfEnded(this.#session);
    if (refused) await this.#refuse(refused);
    else if (!this.#isLeft) this.#taker.take(answer);
  }

  async #refuse(refused: Response | Promise<Response>): Promise<void> {
    const answer = await answerOf(await refused);
    if (!this.#isLeft) this.#taker.take(answer);
  }
}

/** The session may have ended while the poll waited. Rows written after that must not reach the browser. */
async function refusalOfEnded(session: CallerSession): Promise<Response | undefined> {
  try {
    return (await stillStands(session)) ? undefined : refusal(401, "Your session has ended.");
  } catch (error) {
    return unchecked("shape", error);
  }
}
