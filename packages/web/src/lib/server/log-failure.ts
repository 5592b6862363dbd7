import { rootCause } from "@tracer/core/root-cause";
import { log } from "~/lib/server/log/log";
import { countRepeats } from "~/lib/server/log/repeats";

/**
 * Logs a failure of the server for the operator: the area, and the root cause with its stack. Failures of the same kind
 * are counted for a minute, and their number is logged then.
 *
 * The log leaves out the errors around the root cause, because the database layer repeats the parameters of a statement
 * in them: session tokens, and what people typed.
 *
 * @param area the part of the server that failed, such as "auth", and what failed there if the error does not say so
 */
export function logFailure(area: string, error: unknown): void {
  const cause = rootCause(error);
  const known = cause instanceof Error ? cause : new Error(Object.prototype.toString.call(cause));
  const code = "code" in known ? String(known.code) : undefined;
  const [, ...frames] = known.stack?.split("\n") ?? [];
  const where = frames.map((frame) => frame.trim()).filter((frame) => frame.startsWith("at "));
  const kind = [area, known.name, code, where[0]].join("|");
  countRepeats(kind, (repeated) => {
    const text = `${area}: ${known.name}: ${known.message}`;
    if (repeated !== undefined) return log.error({ event: "failure", area, code, repeated }, text);
    log.error({ event: "failure", area, code, stack: where.join("\n") }, text);
  });
}

/** Logs a failure that has no error of its own, such as an answer of another server. */
export function logProblem(area: string, problem: string): void {
  countRepeats(`${area}|${problem}`, (repeated) =>
    log.error({ event: "failure", area, repeated }, `${area}: ${problem}`),
  );
}
