const blank = "[ \\t\\n\\v\\f\\r]";
const start = `(?<=${blank}|^)`;
const end = `(?=${blank}|$)`;
const number = `[+-]?${blank}*\\d+(?:\\.\\d+)?`;
/** What stands before a time of day: a number of days or nothing, and at least one blank. */
const beforeTime = `${start}(?:${number})?${blank}+[+-]?${blank}*`;

/** An amount of one unit, anywhere in the text. */
function amountOf(units: string): RegExp {
  return new RegExp(`${start}${number}${blank}*(?:${units})${end}`, "g");
}

/** The parts that Electric looks for, in this order. Text that one part matches is gone for the parts after it. */
const parts = {
  bare: new RegExp(`${start}${number}(?=${blank}*$)`, "g"),
  microsecond: amountOf("us|usecs?|microseconds?"),
  millisecond: amountOf("ms|msecs?|milliseconds?"),
  second: amountOf("s|secs?|seconds?"),
  minute: amountOf("m|mins?|minutes?"),
  hour: amountOf("h|hours?"),
  day: amountOf("d|days?"),
  week: amountOf("w|weeks?"),
  month: amountOf("mons?|months?"),
  year: amountOf("y|years?"),
  decade: amountOf("decs?|decades?"),
  century: amountOf("c|cent|century|centuries"),
  millennium: amountOf("mils|millenniums"),
  years: new RegExp(`${start}[+-]?${blank}*\\d+-(-?\\d+)${end}`, "g"),
  hourMinute: new RegExp(`${beforeTime}\\d+:\\d+${end}`, "g"),
  time: new RegExp(`${beforeTime}\\d+:\\d+:\\d+(?:\\.\\d+)?${end}`, "g"),
  minuteSecond: new RegExp(`${beforeTime}\\d+:\\d+\\.\\d+${end}`, "g"),
};

const isoNumber = "-?\\d+(?:\\.\\d+)?";
const isoText = new RegExp(`^P(?:${isoNumber}[YMWD])*(?:T(?:${isoNumber}[HMS])+)?$`);
const isoAlternative =
  /^P(?:\+?\d+(?:-\+?\d+){0,2})?(?:T[+-]?\d+(?::[+-]?\d+(?::[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)?)?)?$/;

/**
 * Whether Electric reads this text as an interval. Electric knows only the units above, in lower case, and reads a time
 * of day only after something else: `1 day 02:00:00` is an interval, `02:00:00` is none.
 * Source: https://github.com/electric-sql/electric/blob/main/packages/sync-service/lib/pg_interop/interval/postgres_and_sql_parser.ex
 */
export function readsInterval(text: string): boolean {
  return isoText.test(text) || isoAlternative.test(text) || readsVerbose(text);
}

function readsVerbose(text: string): boolean {
  let rest = text.replace(/^@+/, "");
  if (rest === "") return false;
  const found = new Set<string>();
  let months = "1";
  for (const [part, pattern] of Object.entries(parts)) {
    const [first] = rest.matchAll(pattern);
    if (!first) continue;
    found.add(part);
    if (part === "years") months = first[1] ?? "";
    rest = rest.replace(pattern, "");
  }
  if (rest.trim() !== "") return false;
  const clocks = ["hourMinute", "time", "minuteSecond"].filter((part) => found.has(part)).length;
  const beside = ["bare", "second", "minute"].some((part) => found.has(part));
  if (clocks > 1 || (clocks === 1 && beside)) return false;
  return !(found.has("years") && (found.has("month") || !/^([1-9]|1[01])$/.test(months)));
}
