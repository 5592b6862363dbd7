import "@tanstack/react-start/server-only";
import { type DestinationStream, type Logger, pino } from "pino";
import { requestContext } from "~/lib/server/log/request-context";

/** How long a line waits for others, in milliseconds. A process that is killed takes these lines along. */
const together = 100;

/** With so many characters the lines wait no longer. A pipe takes as many in one piece. */
const fullPiece = 4_096;

/**
 * Makes a logger. Each line carries the time, the level, and, while a request is served, the request's id and the user's
 * id. No line may hold an e-mail address, a token, a cookie or a body.
 *
 * @param to receives each line as JSON
 */
export function logTo(to: DestinationStream): Logger {
  return pino(
    {
      level: import.meta.env.TRACER_LOG_LEVEL ?? "info",
      base: {},
      messageKey: "message",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      mixin: contextFields,
    },
    to,
  );
}

function contextFields() {
  const context = requestContext.getStore();
  return context ? { request: context.id, user: context.userId } : {};
}

/** The server's log: readable lines in development, and lines of JSON on standard output in a build. */
export const log = logTo(import.meta.env.DEV ? await readableLines() : lines());

function lines(): DestinationStream {
  // A Lambda function is frozen as soon as the answer has been sent, so its lines cannot wait.
  if (import.meta.env.TRACER_BUILD === "lambda") return pino.destination({ sync: true });
  // Another process must not wait for the reader of its log. A write for each line costs a sixth of a shape request.
  return pino.destination({ sync: false, minLength: fullPiece, periodicFlush: together });
}

/** The library for readable lines is no part of a build. */
async function readableLines(): Promise<DestinationStream> {
  const { prettyFactory } = await import("pino-pretty");
  const pretty = prettyFactory({
    messageKey: "message",
    translateTime: "SYS:HH:MM:ss",
    singleLine: true,
    // The message says the same.
    ignore: "event,security,method,route,status,area",
  });
  return {
    write(json) {
      const { stack, ...line }: { level: string; stack?: string } = JSON.parse(json);
      const text = [pretty(line).trimEnd(), ...(stack ? [stack.replace(/^/gm, "    ")] : [])].join("\n");
      if (["warn", "error", "fatal"].includes(line.level)) console.error(text);
      else console.info(text);
    },
  };
}
