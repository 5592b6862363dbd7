import { answerOf } from "~/lib/server/http/whole-answer";
import type { Answer } from "~/lib/wire/line";
import { type ElectricAnswer, type ElectricAsker, ElectricRequest } from "./electric-request";
import { answerWithout, endings, refusalOf, wholeAnswer } from "./passed-answer";

/** Who waits for the answer to a live poll. */
export interface PollListener {
  /** What Electric is asked: absolute, in ASCII, with the secret. */
  readonly address: string;
  /** Takes the answer, which is whole in memory, because the answer may go to many. Called once. */
  onAnswer(answer: Answer): void;
}

/** A live poll that Electric holds. The answer is as `forwardShape` says. */
export class ElectricPoll implements ElectricAsker {
  readonly #listener: PollListener;
  readonly #request: ElectricRequest;

  /** Sends the poll. */
  constructor(listener: PollListener) {
    this.#listener = listener;
    this.#request = new ElectricRequest(this, null);
  }

  get address(): string {
    return this.#listener.address;
  }

  /**
   * Ends the poll before Electric has answered.
   *
   * @param reason one of {@link endings}. The listener gets the answer that belongs to the reason, but none when the poll is
   *   given up
   */
  end(reason: Error): void {
    this.#request.end(reason);
  }

  onAnswer(answer: ElectricAnswer): void {
    void this.#passOn(answer);
  }

  onFailure(error: Error): void {
    if (error !== endings.givenUp) void this.#answerWithout(error);
  }

  async #passOn(answer: ElectricAnswer): Promise<void> {
    try {
      const refused = await refusalOf(answer);
      this.#listener.onAnswer(await (refused ? answerOf(refused) : wholeAnswer(answer)));
    } catch (error) {
      await this.#answerWithout(error);
    }
  }

  async #answerWithout(error: unknown): Promise<void> {
    this.#listener.onAnswer(await answerOf(answerWithout(error, this.address)));
  }
}
