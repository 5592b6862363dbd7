import type { Answer } from "~/lib/wire/line";

/** How the line is doing. */
export type LineHealth =
  /** The server was heard of just now. */
  | { state: "up" }
  /** The server cannot be reached or cannot serve. The leader tries again by itself. */
  | { state: "down"; message: string }
  /** There is no line to be had: polls are requests of their own for a while. */
  | { state: "unavailable" };

/** What the leading tab says to all tabs of one browser and one user. */
export type LineMessage =
  /** The leading tab hands out an answer, for all who wait at this place. */
  | { kind: "answer"; place: string; answer: Answer }
  /** The line is full: the poll at this place has to be a request of its own. */
  | { kind: "no-room"; place: string }
  /** The leading tab says how the line is doing. */
  | { kind: "health"; health: LineHealth }
  /** A tab begins to lead, or the leading tab opens the line anew: all who wait say so again. */
  | { kind: "ask-again" };
