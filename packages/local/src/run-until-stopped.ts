import type { Report } from "./report.ts";
import { StackError } from "./stack-error.ts";

type Started = { failed: Promise<unknown>; close(): Promise<void> };

/**
 * Starts something, keeps it up until the person or a failure ends it, and closes it: one error with what to do next,
 * exit code 0 after Ctrl-C and 1 after a failure. A second Ctrl-C does not wait for a clean end.
 *
 * @param start gets a signal that ends a start under way
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
      // A spinner that is cut short leaves the cursor hidden.
      if (process.stderr.isTTY) process.stderr.write("\x1B[?25h");
      // Whatever is left ends with this process: see leash.ts.
      process.exit(130);
    }
    report.note("\nStopping. Once more to end at once.");
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
  // Nothing is left to wait for; a forgotten timer must not keep the terminal.
  process.exit();
}

/** An error for the person at the terminal: what went wrong and what to do next, or where in our code it was. */
export function explain(error: unknown): string {
  if (error instanceof StackError) return `${error.message}\n→ ${error.nextStep}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
