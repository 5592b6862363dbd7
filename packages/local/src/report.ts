import spinner from "yocto-spinner";

/** Shows the progress of a start to the person at the terminal. */
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
}

/** Shows nothing. */
export const silent: Report = { step: (_name, act) => act(), note() {} };

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
  };
}

function plainLines(name: string) {
  const line = (text: string) => process.stderr.write(`${text}\n`);
  line(`${name} …`);
  return { success: (text: string) => line(`✔ ${text}`), error: (text: string) => line(`✖ ${text}`) };
}
