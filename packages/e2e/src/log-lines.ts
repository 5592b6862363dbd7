import { setTimeout as delay } from "node:timers/promises";
import { type Report, silent } from "@tracer/local/report";

/** A line of the web app's log. */
export interface LogLine {
  level: string;
  time: string;
  event: string;
  [field: string]: unknown;
}

/** What a web app writes. */
export interface Log {
  /** Everything that the app has written. */
  text(): string;
  /** The lines of one event, once the given number of them has been written. */
  of(event: string, count: number): Promise<LogLine[]>;
}

/** Takes in the output of a web app, and reads its lines. */
export function logLines() {
  const pieces: string[] = [];
  const report: Report = {
    ...silent,
    output: (part, text) => void (part === "Web app" && pieces.push(text)),
  };
  return {
    report,
    ...logOf(() => pieces.join("")),
    /** What the app writes from now on. */
    fromNow(): Log {
      const before = pieces.length;
      return logOf(() => pieces.slice(before).join(""));
    },
  };
}

/** Reads the lines of a text that grows. */
function logOf(text: () => string): Log {
  const read = (): LogLine[] =>
    text()
      .split("\n")
      // The last piece is a line that has not come to its end.
      .slice(0, -1)
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
  return {
    text,
    async of(event: string, count: number): Promise<LogLine[]> {
      for (;;) {
        const lines = read().filter((line) => line.event === event);
        if (lines.length >= count) return lines;
        await delay(20);
      }
    },
  };
}
