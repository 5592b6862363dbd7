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
  const stop = new AbortController();
  const stopped = new Promise<undefined>((done) =>
    stop.signal.addEventListener("abort", () => done(undefined)),
  );
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
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);

  try {
    const started = await start(stop.signal);
    try {
      const failure = await Promise.race([stopped, started.failed]);
      if (failure !== undefined) throw failure;
    } finally {
      await started.close();
    }
  } catch (error) {
    if (!stop.signal.aborted) {
      process.exitCode = 1;
      report.note(`\n${explain(error)}`);
    }
  }
  // Everything is closed. A forgotten timer must not keep the process alive.
  process.exit();
}

/** The text of an error for the terminal: message and next step of a StackError, the stack trace of any other error. */
export function explain(error: unknown): string {
  if (error instanceof StackError) return `${error.message}\n→ ${error.nextStep}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
