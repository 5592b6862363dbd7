import { rootCause } from "@tracer/core/root-cause";

/**
 * Logs a failure of the server for the operator: the area, and the root cause with its stack.
 *
 * The log leaves out the errors around the root cause, because the database layer repeats the parameters of a statement
 * in them: session tokens, and what people typed.
 *
 * @param area the part of the server that failed, such as "auth", and what failed there if the error does not say so
 */
export function logFailure(area: string, error: unknown): void {
  const cause = rootCause(error);
  const known = cause instanceof Error ? cause : new Error(Object.prototype.toString.call(cause));
  const code = "code" in known ? ` [${known.code}]` : "";
  const stack = known.stack?.split("\n").slice(1).join("\n");
  console.error(`${area}: ${known.name}: ${known.message}${code}\n${stack}`);
}
