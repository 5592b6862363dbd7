import type { ClockSample } from "./server-clock";

/** The places on the way of a write, in their order. */
export const stations = ["outbox", "trpc", "postgres", "stream", "electric", "line", "collection"] as const;
export type Station = (typeof stations)[number];

export type MomentName =
  | "queued"
  | "shown"
  | "sent"
  | "committed"
  | "answered"
  | "streamed"
  | "served"
  | "arrived"
  | "confirmed";

/** Something that happened to a write. */
export interface Moment {
  readonly name: MomentName;
  /** Milliseconds since 1970 on the browser's clock. Undefined when nobody tells the time of the moment. */
  readonly at: number | undefined;
  /** By how much a time of the server's clock may be wrong, in milliseconds. Absent for a time of this browser. */
  readonly error?: number;
}

/** Another tab that showed the write. */
export interface Sight {
  readonly tab: string;
  readonly at: number;
}

/** A transaction on its way: an edit of this tab, or a change that came from elsewhere. */
export interface Write {
  readonly id: string;
  /** The collections and the fields, such as `users: name`. Never a value. */
  readonly what: string;
  /** False for a change that was made in another tab, on another device or in the database. */
  readonly own: boolean;
  /** When the write was first noticed here. */
  readonly beganAt: number;
  readonly moments: readonly Moment[];
  readonly sightings: readonly Sight[];
  /** How many requests carried the edit. */
  readonly attempts: number;
  readonly txid: number | undefined;
  readonly lsn: string | undefined;
  /** Why the server refused the edit. */
  readonly refusal: string | undefined;
  /** Where the write is now. */
  readonly station: Station;
}

/** The writes, the newest first, and how well the server's clock is known. */
export interface Timelines {
  readonly writes: readonly Write[];
  readonly clock: ClockSample | undefined;
}

/** Returns how long a write took until the collection had its rows, in milliseconds. Undefined while it is under way. */
export function durationOf({ beganAt, moments }: Write): number | undefined {
  const end = moments.find(({ name }) => name === "confirmed")?.at;
  return end === undefined ? undefined : end - beganAt;
}
