import { ComputeError } from "./compute-error.ts";
import { checkedTimestamp, daysOf, isFiniteTimestamp, splitTimestamp, unixEpochDay } from "./datetime.ts";
import { usPerDay, usPerSecond } from "./microseconds.ts";

/** Making a format is slow, so each zone has one. Spellings of a zone differ by case, hence the bound. */
const maxFormats = 1000;
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * `timestamp AT TIME ZONE zone`: the moment at which clocks in the zone show this time.
 * Source: https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-ZONECONVERT
 * @param local microseconds since 2000-01-01 on those clocks
 * @returns microseconds since 2000-01-01 in UTC
 * @throws ComputeError for an unknown zone and for a moment that a timestamp cannot hold
 */
export function toUtc(local: bigint, zone: string): bigint {
  if (!isFiniteTimestamp(local)) return local;
  // When clocks are set back, two moments show the same time: Postgres takes the later one, in standard time. When
  // clocks are set forward, no moment shows the times in between: Postgres counts with the offset from before.
  const before = offsetAt(local - usPerDay, zone);
  const after = offsetAt(local + usPerDay, zone);
  const candidates = [local - before, local - after].filter((us) => us + offsetAt(us, zone) === local);
  const chosen = candidates.length ? candidates.reduce((a, b) => (a > b ? a : b)) : local - before;
  return checkedTimestamp(chosen);
}

/**
 * `timestamptz AT TIME ZONE zone`: the time that clocks in the zone show at this moment.
 * @throws ComputeError as `toUtc` does
 */
export function fromUtc(us: bigint, zone: string): bigint {
  return isFiniteTimestamp(us) ? checkedTimestamp(us + offsetAt(us, zone)) : us;
}

/** By how many microseconds the zone's clocks are ahead of UTC at this moment. */
function offsetAt(us: bigint, zone: string): bigint {
  if (/^(?:utc|gmt|z|zulu)$/i.test(zone.trim())) return 0n;
  const { days, time } = splitTimestamp(us);
  const shown = withinJavaScriptDates(days);
  const milliseconds = (shown - unixEpochDay) * 86_400_000 + Math.floor(time / 1000);
  const parts = formatFor(zone).formatToParts(milliseconds);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value ?? 0);
  const era = parts.find((each) => each.type === "era")?.value ?? "AD";
  const year = era.startsWith("B") ? 1 - part("year") : part("year");
  const localDays = daysOf(year, part("month"), part("day"));
  const localSeconds = (part("hour") * 60 + part("minute")) * 60 + part("second");
  const seconds = (localDays - shown) * 86_400 + localSeconds - Math.floor(time / 1e6);
  return BigInt(seconds) * usPerSecond;
}

/**
 * JavaScript's dates end before those of Postgres. A later day follows the rules of the same day some cycles of the
 * calendar earlier.
 */
function withinJavaScriptDates(days: number): number {
  const daysPerCycle = 146_097;
  const last = 95_000_000;
  return days > last ? days - Math.ceil((days - last) / daysPerCycle) * daysPerCycle : days;
}

function formatFor(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  // Postgres reads a bare offset with the opposite sign, as POSIX does. Refusing an offset is safer than misreading it.
  if (!/^[a-z]+[a-z0-9_+-]*(\/[a-z0-9_+-]+)*$/i.test(zone))
    throw new ComputeError(`time zone "${zone}" not recognized`);
  try {
    const created = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      calendar: "gregory",
    });
    if (formats.size > maxFormats) formats.clear();
    formats.set(zone, created);
    return created;
  } catch {
    throw new ComputeError(`time zone "${zone}" not recognized`);
  }
}
