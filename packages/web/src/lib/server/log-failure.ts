import { rootCause } from "@tracer/core/root-cause";

/**
 * Logs a failure of ours for the operator: what was being done, and the root cause with its stack.
 *
 * Errors of the database layer are not logged whole: they repeat the statement's parameters, and with them session
 * tokens and what people typed.
 */
export function logFailure(doing: string, error: unknown): void {
  const cause = rootCause(error);
  const known = cause instanceof Error ? cause : new Error(Object.prototype.toString.call(cause));
  const code = "code" in known ? ` [${known.code}]` : "";
  const stack = known.stack?.split("\n").slice(1).join("\n");
  console.error(`${doing}: ${known.name}: ${known.message}${code}\n${stack}`);
}
