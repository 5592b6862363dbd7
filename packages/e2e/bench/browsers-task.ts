/** What `waiting-browsers.ts` sends to `browsers-client.ts` first. */
export interface Task {
  /** The address of the app, or of Electric. */
  url: string;
  tables: readonly string[];
  /** By a poll for each shape, over a line, or past the app by polls to Electric itself. */
  way: "polls" | "line" | "direct";
  /** What Electric asks for. */
  secret?: string;
  /** The sessions of one user, each in a browser of its own. */
  users: { id: string; cookies: string[] }[];
  /** How many browsers wait. The others come at the word "more". */
  first: number;
}

/**
 * What comes back: how far the work is, a stage that is reached, the changes that arrived, how many more browsers came and
 * were refused, and in the end the bytes of all browsers, what failed, how many lines ended and were opened anew, and how many
 * polls the server could not answer at once.
 */
export type Report =
  | { begun: number; of: number; what: string }
  | { stage: "loaded" | "held" }
  | { more: number; refused: number }
  | { arrived: { write: number; at: number }[] }
  | { bytes: number; failed: string[]; reopened: number; unanswered: number };
