import type { Report } from "./report.ts";
import { StackError } from "./stack-error.ts";

interface Started {
  failed: Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Starts a stack or an app, waits for Ctrl-C or for a failure, closes what was started, and ends this process.
 *
 * The exit code is 0 after Ctrl-C and 1 after a failure, which is shown as one error with what to do next. A second
 * Ctrl-C ends the process at once.
 *
 * @param start receives a signal that aborts when the person presses Ctrl-C during the start
 */
export async function runUntilStopped(
  report: Report,
  start: (signal: AbortSignal) => Promise<Started>,
): Promise<void> {
  const signal = stopSignal(report);
  const stopped = new Promise<undefined>((done) => signal.addEventListener("abort", () => done(undefined)));

  try {
    const started = await start(signal);
    try {
      const failure = await Promise.race([stopped, started.failed]);
      if (failure !== undefined) throw failure;
    } finally {
      await started.close();
    }
  } catch (error) {
    if (!signal.aborted) {
      process.exitCode = 1;
      report.note(`\n${explain(error)}`);
    }
  }
  // Everything is closed. A forgotten timer must not keep the process alive.
  process.exit();
}

/**
 * Does work that ends by itself, and ends this process with the exit code of the work. The first Ctrl-C aborts the signal
 * that the work gets, and a second Ctrl-C ends the process at once.
 *
 * @param work resolves with the exit code. A rejection is shown, and the exit code is 1
 */
export async function runToEnd(
  report: Report,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<never> {
  const signal = stopSignal(report);
  const code = await work(signal).catch((error: unknown) => {
    if (!signal.aborted) report.note(`\n${explain(error)}`);
    return 1;
  });
  process.exit(code);
}

/** Returns a signal that the first Ctrl-C aborts. A second Ctrl-C ends this process at once. */
function stopSignal(report: Report): AbortSignal {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) {
      // An interrupted spinner leaves the cursor hidden.
      if (process.stderr.isTTY) process.stderr.write("\x1B[?25h");
      // Processes that still run end with this one: see leash.ts.
      process.exit(130);
    }
    report.note("\nStopping. Press Ctrl-C again to end at once.");
    stop.abort();
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, onSignal);
  return stop.signal;
}

/** The text of an error for the terminal: message and next step of a StackError, the stack trace of any other error. */
export function explain(error: unknown): string {
  if (error instanceof StackError) return `${error.message}\n→ ${error.nextStep}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
