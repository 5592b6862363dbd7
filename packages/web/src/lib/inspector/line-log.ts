import type { Frame } from "~/lib/wire/line";

/** What the line of this tab has carried since the inspector was opened. Only the tab that leads has a line. */
export interface LineTraffic {
  /** The paths of the shapes that the open request carries. */
  readonly shapes: readonly string[];
  readonly isOpen: boolean;
  /** How many requests opened the line. */
  readonly opened: number;
  /** How many answers came, without the signs of life. */
  readonly answers: number;
  readonly bytes: number;
  /** When the last data came, signs of life included, in milliseconds since 1970. */
  readonly heardAt: number | undefined;
}

export const noLineTraffic: LineTraffic = {
  shapes: [],
  isOpen: false,
  opened: 0,
  answers: 0,
  bytes: 0,
  heardAt: undefined,
};

/** Cuts the text of a line into frames, whatever the parts in which the text comes. */
export class FrameReader {
  #rest = "";

  read(text: string): Frame[] {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.map((line) => JSON.parse(line));
  }
}
