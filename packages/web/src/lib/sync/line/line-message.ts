import type { Answer } from "~/lib/wire/line";

/** The state of the line. */
export type LineHealth =
  /** Data from the server has just arrived. */
  | { state: "up" }
  /** The server cannot be reached or cannot serve. The leading tab tries again. */
  | { state: "down"; message: string }
  /** The server serves no line. For a while, each tab sends its polls as separate requests. */
  | { state: "unavailable" };

/** A message from the leading tab to all tabs of one browser and one user. */
export type LineMessage =
  /** The leading tab hands out the answer for every poll that waits at this place. */
  | { kind: "answer"; place: string; answer: Answer }
  /** The line is full. The tab sends the poll at this place as a separate request. */
  | { kind: "no-room"; place: string }
  /** The leading tab reports the state of the line. */
  | { kind: "health"; health: LineHealth }
  /** A tab begins to lead, or the leading tab opens the line anew. All tabs send their `want` messages again. */
  | { kind: "ask-again" };
