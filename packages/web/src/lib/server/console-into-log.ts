import { log } from "~/lib/server/log/log";
import { logFailure } from "~/lib/server/log-failure";

/**
 * Turns what the framework and the libraries write to the console into lines of the log. An error loses the errors
 * around the root cause, which can hold secrets, and is counted as any other failure.
 *
 * For a build alone: in development the log itself writes to the console.
 */
export function consoleIntoLog(): void {
  for (const [method, level] of [
    ["error", "error"],
    ["warn", "warn"],
    ["info", "info"],
    ["log", "info"],
  ] as const) {
    console[method] = (...parts: unknown[]) => {
      const error = parts.find((part) => part instanceof Error);
      if (error) logFailure("server", error);
      else log[level]({ event: "console" }, parts.filter((part) => typeof part === "string").join(" "));
    };
  }
}
