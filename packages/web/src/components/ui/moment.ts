import { infinityOf } from "~/lib/wire/timestamp-text";

/** The texts with which a page shows a moment. */
export interface Moment {
  text: string;
  /** The `dateTime` of a `time` element, in UTC. Absent when HTML has no form for the moment. */
  dateTime?: string;
}

/** How a moment is written: with its day and time, with one of the two alone, or with the weekday and the zone too. */
export type MomentStyle = "moment" | "time" | "day" | "full";

/** The options of `Intl.DateTimeFormat` for the styles. */
export const momentFormats = {
  moment: { dateStyle: "long", timeStyle: "medium" },
  time: { timeStyle: "short" },
  day: { dateStyle: "medium" },
  full: { dateStyle: "full", timeStyle: "long" },
} as const;

const parts = { day: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit" } as const;
/** The named styles above leave out the era, so 44 BC would read as 44. */
const beforeChrist = { ...parts, era: "short", year: "numeric", month: "long" } as const;

/** The server knows neither the reader's language nor the time zone, so the texts name their zone. */
const onServer = {
  moment: { dateStyle: "long", timeStyle: "long" },
  time: { hour: "numeric", minute: "2-digit", timeZoneName: "short" },
  day: { dateStyle: "medium" },
  full: momentFormats.full,
} as const;

const isBrowser = typeof window !== "undefined";

/**
 * Writes a moment in the language and the time zone of this browser, and on the server in English and UTC. Accepts every
 * `Date` of a synced timestamp, including the stand-ins for Postgres' infinities, and the invalid `Date` of a text that
 * could not be read.
 */
export function momentOf(date: Date, style: MomentStyle = "moment"): Moment {
  if (Number.isNaN(date.getTime())) return { text: "A time that cannot be read" };
  const infinity = infinityOf(date);
  if (infinity) return { text: infinity === "infinity" ? "The end of time" : "The beginning of time" };
  if (date.getUTCFullYear() < 1) return { text: written(date, beforeChrist) };
  // A year of five digits has a sign and leading zeros in ISO 8601, and neither in HTML.
  const dateTime = date.toISOString().replace(/^\+0*/, "");
  return { text: written(date, (isBrowser ? momentFormats : onServer)[style]), dateTime };
}

const formats = new Map<object, Intl.DateTimeFormat>();

function written(date: Date, options: Intl.DateTimeFormatOptions): string {
  const known = formats.get(options);
  if (known) return known.format(date);
  const format = isBrowser
    ? new Intl.DateTimeFormat(undefined, options)
    : new Intl.DateTimeFormat("en", { ...options, timeZone: "UTC" });
  formats.set(options, format);
  return format.format(date);
}
