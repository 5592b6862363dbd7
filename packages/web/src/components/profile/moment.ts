import { infinityOf } from "~/lib/wire/timestamp-text";

/** A moment as a page shows it. */
export interface Moment {
  text: string;
  /** The moment in full, for a tooltip. Absent when the text says it all. */
  full?: string;
  /** For machines, in UTC: the `dateTime` of a `time` element. Absent for what HTML has no form of. */
  dateTime?: string;
}

const readable = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

const parts = { day: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit" } as const;
/** The named styles above say nothing of the era, so that 44 BC would read as 44. */
const beforeChrist = new Intl.DateTimeFormat(undefined, {
  ...{ era: "short", year: "numeric", month: "long" },
  ...parts,
});

/**
 * Puts a moment into words, in the language and the time zone of this browser. Takes every `Date` that a synced
 * timestamp can be: the stand-ins for Postgres' infinities, and an invalid one for a text that could not be read.
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
