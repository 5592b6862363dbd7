const BLANK = "[ \\t\\n\\v\\f\\r]";
const START = `(?<=${BLANK}|^)`;
const END = `(?=${BLANK}|$)`;
const NUMBER = `[+-]?${BLANK}*\\d+(?:\\.\\d+)?`;
/** Days may stand before a time of day, blanks must. */
const BEFORE_TIME = `${START}(?:${NUMBER})?${BLANK}+[+-]?${BLANK}*`;

/** A number of one unit, taken out of the text wherever it stands. */
function amountOf(units: string): RegExp {
  return new RegExp(`${START}${NUMBER}${BLANK}*(?:${units})${END}`, "g");
}

/** What Electric looks for, in its order: what one finds is gone for those after it. */
const PARTS = {
  bare: new RegExp(`${START}${NUMBER}(?=${BLANK}*$)`, "g"),
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
  years: new RegExp(`${START}[+-]?${BLANK}*\\d+-(-?\\d+)${END}`, "g"),
  hourMinute: new RegExp(`${BEFORE_TIME}\\d+:\\d+${END}`, "g"),
  time: new RegExp(`${BEFORE_TIME}\\d+:\\d+:\\d+(?:\\.\\d+)?${END}`, "g"),
  minuteSecond: new RegExp(`${BEFORE_TIME}\\d+:\\d+\\.\\d+${END}`, "g"),
};

const ISO_NUMBER = "-?\\d+(?:\\.\\d+)?";
const ISO = new RegExp(`^P(?:${ISO_NUMBER}[YMWD])*(?:T(?:${ISO_NUMBER}[HMS])+)?$`);
const ISO_ALTERNATIVE =
  /^P(?:\+?\d+(?:-\+?\d+){0,2})?(?:T[+-]?\d+(?::[+-]?\d+(?::[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)?)?)?$/;

/**
 * Whether Electric reads this text as an interval. Units are in lower case and only those above; a time of day needs
 * something before it, so that `1 day 02:00:00` is one and `02:00:00` is none.
 */
export function readsInterval(text: string): boolean {
  return ISO.test(text) || ISO_ALTERNATIVE.test(text) || readsVerbose(text);
}

function readsVerbose(text: string): boolean {
  let rest = text.replace(/^@+/, "");
  if (rest === "") return false;
  const found = new Set<string>();
  let months = "1";
  for (const [part, pattern] of Object.entries(PARTS)) {
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
