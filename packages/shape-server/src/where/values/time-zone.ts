import { ComputeError } from "./compute-error.ts";
import { checkedTimestamp, daysOf, isFiniteTimestamp, splitTimestamp } from "./datetime.ts";

const DAY_US = 86_400_000_000n;
const formats = new Map<string, Intl.DateTimeFormat>();

/** `timestamp AT TIME ZONE zone`: the moment at which clocks there show this. */
export function toUtc(local: bigint, zone: string): bigint {
  if (!isFiniteTimestamp(local)) return local;
  // Where clocks go back two moments show the same: Postgres takes standard time, the later one. Where they
  // jump it counts with the time before.
  const before = offsetAt(local - DAY_US, zone);
  const after = offsetAt(local + DAY_US, zone);
  const candidates = [local - before, local - after].filter((us) => us + offsetAt(us, zone) === local);
  const chosen = candidates.length ? candidates.reduce((a, b) => (a > b ? a : b)) : local - before;
  return checkedTimestamp(chosen);
}

/** `timestamptz AT TIME ZONE zone`: what clocks there show. */
export function fromUtc(us: bigint, zone: string): bigint {
  return isFiniteTimestamp(us) ? checkedTimestamp(us + offsetAt(us, zone)) : us;
}

/** How far the zone's clocks are ahead of UTC, in microseconds. */
function offsetAt(us: bigint, zone: string): bigint {
  const fixed = /^(?:utc|gmt|z|zulu)$/i.test(zone.trim());
  if (fixed) return 0n;
  const { days, time } = splitTimestamp(us);
  const shown = withinDate(days);
  const milliseconds = (shown + 10_957) * 86_400_000 + Math.floor(time / 1000);
  const parts = format(zone).formatToParts(milliseconds);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value ?? 0);
  const era = parts.find((each) => each.type === "era")?.value ?? "AD";
  const year = era.startsWith("B") ? 1 - part("year") : part("year");
  const localDays = daysOf(year, part("month"), part("day"));
  const localSeconds = (part("hour") * 60 + part("minute")) * 60 + part("second");
  const seconds = (localDays - shown) * 86_400 + localSeconds - Math.floor(time / 1e6);
  return BigInt(seconds) * 1_000_000n;
}

/** JavaScript's dates end before Postgres' do; later ones follow the rules of the same year of an earlier cycle. */
function withinDate(days: number): number {
  const cycle = 146_097;
  const last = 95_000_000;
  return days > last ? days - Math.ceil((days - last) / cycle) * cycle : days;
}

function format(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  // A bare offset means the opposite sign in Postgres (POSIX), so those are left out rather than got wrong.
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
    if (formats.size > 1000) formats.clear();
    formats.set(zone, created);
    return created;
  } catch {
    throw new ComputeError(`time zone "${zone}" not recognized`);
  }
}
