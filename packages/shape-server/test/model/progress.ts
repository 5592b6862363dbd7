/** Counts the transactions of a run, so that things can happen after so many of them. */
export class Progress {
  #count = 0;
  #waiting: { count: number; resolve: () => void }[] = [];
  #answers: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  advance(): void {
    this.#count++;
    const due = this.#waiting.filter(({ count }) => count <= this.#count);
    this.#waiting = this.#waiting.filter(({ count }) => count > this.#count);
    for (const { resolve } of due) resolve();
  }

  /** Resolves when `count` transactions are over. */
  reached(count: number): Promise<void> {
    if (count <= this.#count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  /** Resolves when one more transaction is over. */
  changed(): Promise<void> {
    return this.reached(this.#count + 1);
  }

  /** A reader has been answered. */
  answered(): void {
    const waiting = this.#answers;
    this.#answers = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves at the next answer, or after `ms`. */
  nextAnswer(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#answers.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
