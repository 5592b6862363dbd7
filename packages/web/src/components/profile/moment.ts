import { infinityOf } from "~/lib/wire/timestamp-text";

/** The texts with which a page shows a moment. */
export interface Moment {
  text: string;
  /** The full date and time for a tooltip. Absent when `text` is complete. */
  full?: string;
  /** The `dateTime` of a `time` element, in UTC. Absent when HTML has no form for the moment. */
  dateTime?: string;
}

const readable = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

const parts = { day: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit" } as const;
/** The named styles above leave out the era, so 44 BC would read as 44. */
const beforeChrist = new Intl.DateTimeFormat(undefined, {
  ...{ era: "short", year: "numeric", month: "long" },
  ...parts,
});

/**
 * Writes a moment in the language and the time zone of this browser. Accepts every `Date` of a synced timestamp,
 * including the stand-ins for Postgres' infinities, and the invalid `Date` of a text that could not be read.
 */
export function momentOf(date: Date): Moment {
  if (Number.isNaN(date.getTime())) return { text: "A time that cannot be read" };
  const infinity = infinityOf(date);
  if (infinity) return { text: infinity === "infinity" ? "The end of time" : "The beginning of time" };
  if (date.getUTCFullYear() < 1) return { text: beforeChrist.format(date) };
  // A year of five digits has a sign and leading zeros in ISO 8601, and neither in HTML.
  const dateTime = date.toISOString().replace(/^\+0*/, "");
  return { text: readable.format(date), full: full.format(date), dateTime };
}
