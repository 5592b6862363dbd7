import type { Answer } from "~/lib/wire/line";

/** How many answers are kept for tabs that ask a moment after the others. */
const most = 64;

/** The last answers of a line. The answers stay right, because the log of a shape after a place does not change. */
export class RecentAnswers {
  readonly #answers = new Map<string, Answer>();

  at(place: string): Answer | undefined {
    return this.#answers.get(place);
  }

  keep(place: string, answer: Answer): void {
    this.#answers.set(place, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > most && oldest !== undefined) this.#answers.delete(oldest);
  }
}
