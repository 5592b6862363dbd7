/**
 * Postgres knows times that `Date` does not: `infinity`, `-infinity`, and years after 275760. A moment at either end of
 * `Date` stands for an infinity, because the two compare and sort as the infinities do. The upper one is a millisecond
 * short of the end, since a query may ask for what lies between a moment and the millisecond after.
 */
const standIns = { infinity: 8_640_000_000_000_000 - 1, "-infinity": -8_640_000_000_000_000 } as const;

/** The last moment of `Date` that stands for itself. */
const lastFinite = standIns.infinity - 1;

export type TimestampInfinity = keyof typeof standIns;

/** Says whether a `Date` stands for a Postgres infinity. */
export function infinityOf(date: Date): TimestampInfinity | undefined {
  const moment = date.getTime();
  if (moment >= standIns.infinity) return "infinity";
  return moment <= standIns["-infinity"] ? "-infinity" : undefined;
}

const form =
  /^(\d{4,})(-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?(?:([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?( BC)?$/;

/**
 * Reads the text of a Postgres timestamp, such as `2026-11-23 09:33:58.123456+00` or `0044-03-15 12:00:00+00 BC`.
 *
 * @param text a `timestamptz`, or a `timestamp`, which has no zone and is read as UTC
 * @returns the `Date`, cut to the millisecond. An infinity becomes the moment that stands for it, and a finite time that
 *   is too late for `Date` the last moment before. Invalid when the text is no timestamp
 */
export function parseTimestamp(text: string): Date {
  if (text === "infinity" || text === "-infinity") return new Date(standIns[text]);
  const [, year, monthAndDay, time, fraction = "", sign, hours = 0, minutes = 0, seconds = 0, era] =
    form.exec(text) ?? [];
  if (year === undefined) return new Date(Number.NaN);
  // The year before 1 AD is 1 BC in Postgres and 0 in ISO 8601, which `Date` reads.
  const astronomical = era ? 1 - Number(year) : Number(year);
  if (astronomical > 275_760) return new Date(lastFinite);
  const milliseconds = fraction.slice(0, 3).padEnd(3, "0");
  const local = Date.parse(`${isoYear(astronomical)}${monthAndDay}T${time}.${milliseconds}Z`);
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const moment = local - (sign === "-" ? -offset : offset) * 1000;
  return new Date(Math.min(moment, lastFinite));
}

/**
 * Writes a `Date` as Postgres reads it, in UTC. `Date.toISOString()` will not do: Postgres takes `+012026-…` for a zone.
 *
 * @throws RangeError when the date is invalid
 */
export function timestampText(date: Date): string {
  const infinity = infinityOf(date);
  if (infinity) return infinity;
  const iso = date.toISOString();
  const year = date.getUTCFullYear();
  const rest = iso.slice(iso.indexOf("-", 1));
  const shown = String(year > 0 ? year : 1 - year).padStart(4, "0");
  return `${shown}${rest}${year > 0 ? "" : " BC"}`;
}

/** The year as ISO 8601 has it: four digits, or a sign and six. */
function isoYear(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, "0");
  return `${year < 0 ? "-" : "+"}${String(Math.abs(year)).padStart(6, "0")}`;
}
