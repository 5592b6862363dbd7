import { setTimeout as delay } from "node:timers/promises";
import { type Report, silent } from "@tracer/local/report";

/** A line of the web app's log. */
export interface LogLine {
  level: string;
  time: string;
  event: string;
  [field: string]: unknown;
}

export type Log = ReturnType<typeof logLines>;

/** Takes in the output of a web app, and reads its lines. */
export function logLines() {
  const pieces: string[] = [];
  const report: Report = {
    ...silent,
    output: (part, text) => void (part === "Web app" && pieces.push(text)),
  };
  const text = () => pieces.join("");
  const read = (): LogLine[] =>
    text()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
  return {
    report,
    /** Everything that the app has written. */
    text,
    /** The lines of one event, once the given number of them has been written. */
    async of(event: string, count: number): Promise<LogLine[]> {
      for (;;) {
        const lines = read().filter((line) => line.event === event);
        if (lines.length >= count) return lines;
        await delay(20);
      }
    },
  };
}
