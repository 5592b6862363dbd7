import { parseArray } from "../values/array.ts";
import { readsInterval } from "./electric-interval.ts";
import { type ElectricType, elementOf, isArray, isEnum } from "./electric-types.ts";

const TEXT_TYPES = new Set(["text", "varchar", "name", "bpchar"]);
/** Numbers may be written with as many digits as one likes; nothing else is long. */
const UNBOUNDED = new Set(["int2", "int4", "int8", "float4", "float8", "numeric"]);
const MAX_LITERAL = 300;
const INTEGER = /^[+-]?\d+$/;
const FLOAT = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const DATE = /^[+-]?(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^T?(\d\d):(\d\d):(\d\d)([.,]\d+)?(Z|[+-]\d\d(:?\d\d)?)?$/;
const BOOLEAN = /^(t|tr|tru|true|f|fa|fal|fals|false)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const BITS: Record<string, bigint> = { int2: 15n, int4: 31n, int8: 63n };

/**
 * Whether Electric reads this text as a value of the type. It is narrower than Postgres (ISO 8601 with seconds,
 * a zone for timestamptz, plain decimal numbers), and what it does not read it refuses.
 * @param allowEnums subsets leave the check of enum labels to Postgres, shapes refuse them
 */
export function readsLiteral(text: string, type: ElectricType, allowEnums: boolean): boolean {
  if (TEXT_TYPES.has(type)) return true;
  if (isArray(type)) {
    const element = elementOf(type);
    const items = readArray(text);
    return items?.every((item) => item === null || readsLiteral(item, element, allowEnums)) ?? false;
  }
  if (isEnum(type)) return allowEnums;
  if (text.length > MAX_LITERAL && !UNBOUNDED.has(type)) return false;
  switch (type) {
    case "int2":
    case "int4":
    case "int8":
      return INTEGER.test(text) && fits(BigInt(text.replace(/^\+/, "")), BITS[type] ?? 31n);
    case "float4":
    case "float8":
    case "numeric":
      return FLOAT.test(text) && Number.isFinite(Number(text));
    case "bool":
      return BOOLEAN.test(text);
    case "uuid":
      return UUID.test(text);
    case "date":
      return text === "epoch" || isDate(text.trim());
    case "time":
      return isTimeOfDay(text.trim().toUpperCase());
    case "timestamp":
      return text === "epoch" || isTimestamp(text, false);
    case "timestamptz":
      return text === "epoch" || isTimestamp(text, true);
    case "interval":
      return readsInterval(text);
    default:
      return false;
  }
}

/** The items of an array as Electric reads it: without bounds, and with little room for blanks. */
function readArray(text: string): (string | null)[] | null {
  if (text === "{}") return [];
  if (!/^\s*\{/.test(text) || /\s\s$/.test(text)) return null;
  const items = parseArray(text)?.items ?? [];
  return items.length > 0 ? items : null;
}

export function fits(value: bigint, bits: bigint): boolean {
  const limit = 1n << bits;
  return value >= -limit && value < limit;
}

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (!year || !month || !day || text.startsWith("-") || Number(year) === 0) return false;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(day) > 0;
}

function isTimeOfDay(text: string): boolean {
  if (isTime(text, false)) return true;
  const half = /^(.*?)\s*(AM|PM)$/.exec(text);
  return (
    half?.[1] !== undefined && isTime(half[1], false) && Number(half[1].replace("T", "").slice(0, 2)) <= 12
  );
}

function isTime(text: string, zone: boolean): boolean {
  const [, hour, minute, second, , offset] = TIME.exec(text) ?? [];
  if (!hour || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return false;
  if (offset === undefined) return !zone;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.replace(":", "").slice(3, 5))];
  return offset === "Z" || (offset !== "-00:00" && hours < 24 && minutes < 60);
}

function isTimestamp(text: string, zone: boolean): boolean {
  const [, date, time] = /^([+-]?\d{4}-\d\d-\d\d)[ T](\d.*)$/s.exec(text) ?? [];
  return date !== undefined && time !== undefined && isDate(date) && isTime(time, zone);
}
