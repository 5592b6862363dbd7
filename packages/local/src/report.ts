import spinner from "yocto-spinner";

/** How the parts tell the person what is going on. */
export type Report = {
  /** Does one step, shown while it goes on and afterwards with its time; `what` turns its result into a few words. */
  step<T>(name: string, act: () => Promise<T>, what?: (result: T) => string): Promise<T>;
  /** One line about something that happened. */
  note(text: string): void;
};

/** Says nothing. */
export const silent: Report = { step: (_name, act) => act(), note() {} };

/** Writes to stderr: a spinner in a terminal, plain lines elsewhere. */
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
