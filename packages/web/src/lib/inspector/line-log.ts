import { type Answer, type Frame, nextPoll } from "~/lib/wire/line";
import { inspectHeader, moment } from "~/lib/wire/moments";
import { byteLength } from "./byte-length";
import type { Observer } from "./network";
import { shapeOf } from "./shape-name";

/** What the line of this tab has carried since the inspector was opened. Only the tab that leads has a line. */
export interface LineTraffic {
  /** The names of the shapes that the open request carries. */
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

/** Watches the requests that carry the line. */
export class LineLog {
  #traffic = noLineTraffic;

  get traffic(): LineTraffic {
    return this.#traffic;
  }

  /**
   * Observes one request.
   *
   * @param first the polls that the request carries
   * @param heard called with each answer, and the name of the shape
   * @param changed called when the traffic has changed
   */
  observe(
    first: readonly string[],
    heard: (name: string, answer: Answer) => void,
    changed: () => void,
  ): Observer {
    const polls: (string | undefined)[] = [...first];
    const reader = new FrameReader();
    const opened = this.#traffic.opened + 1;
    this.#add({ shapes: [...new Set(first.map(shapeOf))], isOpen: true, opened });
    return {
      headers: { [inspectHeader]: "1" },
      part: (text) => {
        this.#add({ bytes: this.#traffic.bytes + byteLength(text), heardAt: moment() });
        for (const frame of reader.read(text)) {
          const poll = "poll" in frame ? polls[frame.poll] : undefined;
          if (!("poll" in frame) || poll === undefined) continue;
          polls[frame.poll] = nextPoll(poll, frame);
          this.#add({ answers: this.#traffic.answers + 1 });
          heard(shapeOf(poll), frame);
        }
        changed();
      },
      ended: () => {
        // A newer request may have taken over.
        if (this.#traffic.opened === opened) this.#add({ isOpen: false });
        changed();
      },
    };
  }

  #add(traffic: Partial<LineTraffic>): void {
    this.#traffic = { ...this.#traffic, ...traffic };
  }
}

/** Cuts the text of a line into frames, whatever the parts in which the text comes. */
class FrameReader {
  #rest = "";

  read(text: string): Frame[] {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.map((line) => JSON.parse(line));
  }
}
