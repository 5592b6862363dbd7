import { readFileSync } from "node:fs";
import type { Part } from "../report.ts";

/** How many lines of each part are kept. */
const kept = 500;

/** Keeps the newest lines that the parts write. */
export class Outputs {
  readonly #lines = new Map<Part, string[]>();
  /** The piece of a line that no line break has ended yet. */
  readonly #open = new Map<Part, string>();

  /** Takes output of a part as it comes. Returns the lines that are complete now and hold more than spaces. */
  add(part: Part, text: string): string[] {
    const pieces = `${this.#open.get(part) ?? ""}${text}`.split("\n");
    this.#open.set(part, pieces.pop() ?? "");
    const lines = pieces.map((line) => line.replace(/\r/g, "")).filter((line) => line.trim() !== "");
    const all = [...(this.#lines.get(part) ?? []), ...lines];
    this.#lines.set(part, all.slice(-kept));
    return lines;
  }

  linesOf(part: Part): readonly string[] {
    return this.#lines.get(part) ?? [];
  }
}

/** The newest lines of a log file. Undefined when there is no such file. */
export function newestLines(file: string | undefined): string[] | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-kept);
  } catch {
    return undefined;
  }
}
