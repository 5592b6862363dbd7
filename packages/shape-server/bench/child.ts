import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

interface Question {
  id: number;
  name: string;
  value: unknown;
}
interface Reply {
  id: number;
  value: unknown;
}

/** A process of its own that answers questions, so that what is measured does not share a thread with the measuring. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (value: unknown) => void>();
  #last = 0;

  constructor(script: string, execArgv: string[] = []) {
    this.#process = fork(join(import.meta.dirname, script), { execArgv });
    this.#process.on("message", ({ id, value }: Reply) => {
      this.#waiting.get(id)?.(value);
      this.#waiting.delete(id);
    });
    this.#process.on("exit", (code, signal) => {
      if (code !== 0 && signal !== "SIGTERM") throw new Error(`${script} ended with ${code ?? signal}`);
    });
  }

  /** Asks, and resolves with the answer. */
  ask<T>(name: string, value: unknown, read: (answer: unknown) => T): Promise<T> {
    const id = ++this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(id, (answer) => resolve(read(answer)));
      this.#process.send({ id, name, value } satisfies Question);
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await exit;
  }
}

/** In the child: answers questions by their names. */
export function answer(answers: Record<string, (value: unknown) => unknown>): void {
  process.on("message", async ({ id, name, value }: Question) => {
    const reply = await answers[name]?.(value);
    process.send?.({ id, value: reply } satisfies Reply);
  });
  for (const end of ["disconnect", "SIGTERM"]) process.on(end, () => process.exit(0));
}

export const nothing = () => undefined;

export function text(value: unknown): string {
  if (typeof value !== "string") throw new Error("text was expected");
  return value;
}

export function numbers(value: unknown): number[] {
  if (!Array.isArray(value) || !value.every((each) => typeof each === "number")) {
    throw new Error("numbers were expected");
  }
  return value;
}

/** Microseconds of a clock that all processes of the machine share. */
export const now = () => Number(process.hrtime.bigint() / 1000n);
