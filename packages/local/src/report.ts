import spinner from "yocto-spinner";

/** A part of the stack that writes output, and that can be running or not. */
export type Part = "Web app" | "Shape server" | "Postgres" | "Outbox";

/** "elsewhere": the part is a service that this stack did not start. */
export type PartState = "starting" | "running" | "stopped" | "failed" | "elsewhere";

/** Shows the person at the terminal how a start goes on, and what the parts do afterwards. */
export interface Report {
  /**
   * Runs one step of a start and shows the step's name, and then how long the step took.
   *
   * @param what turns the result into a few words that stand beside the name
   * @returns the result of `act`
   */
  step<T>(name: string, act: () => Promise<T>, what?: (result: T) => string): Promise<T>;
  /** Shows one line about something that has happened. */
  note(text: string): void;
  /** Takes note of a part's new state. The address stays when none is given. */
  part(part: Part, state: PartState, address?: string): void;
  /** Shows output of a part as it comes: lines, or pieces of lines. */
  output(part: Part, text: string): void;
}

/** Shows only the output of the parts. */
export const silent: Report = {
  step: (_name, act) => act(),
  note() {},
  part() {},
  output: (_part, text) => void process.stderr.write(text),
};

/** Writes to stderr: with a spinner in a terminal, as plain lines elsewhere. */
export function terminalReport(): Report {
  return {
    async step(name, act, what) {
      const began = performance.now();
      const shown = process.stderr.isTTY
        ? spinner({ text: name, stream: process.stderr, handleSignals: false }).start()
        : plainLines(name);
      try {
        const result = await act();
        const seconds = ((performance.now() - began) / 1000).toFixed(1);
        const words = what?.(result);
        shown.success(`${name}${words ? `: ${words}` : ""} (${seconds} s)`);
        return result;
      } catch (error) {
        shown.error(name);
        throw error;
      }
    },
    note(text) {
      process.stderr.write(`${text}\n`);
    },
    part() {},
    output: silent.output,
  };
}

function plainLines(name: string) {
  const line = (text: string) => process.stderr.write(`${text}\n`);
  line(`${name} …`);
  return { success: (text: string) => line(`✔ ${text}`), error: (text: string) => line(`✖ ${text}`) };
}
