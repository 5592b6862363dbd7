import { parseArray } from "../values/array.ts";
import { fitsInteger } from "../values/integer.ts";
import { elementType, isArrayType, isNumberType, isStringType } from "../values/pg-types.ts";
import { readsInterval } from "./electric-interval.ts";
import { type ElectricType, isEnum } from "./electric-types.ts";

/** The longest literal of a type other than text, a number or an array. */
const maxLength = 300;
const integerText = /^[+-]?\d+$/;
const floatText = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const dateText = /^[+-]?(\d{4})-(\d\d)-(\d\d)$/;
const timeText = /^T?(\d\d):(\d\d):(\d\d)([.,]\d+)?(Z|[+-]\d\d(:?\d\d)?)?$/;
const booleanText = /^(t|tr|tru|true|f|fa|fal|fals|false)$/;
const uuidText = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Whether Electric reads this text as a value of the type. Electric reads less than Postgres: only ISO 8601 with seconds,
 * a timestamptz only with an offset, numbers only in decimal.
 * Source: https://github.com/electric-sql/electric/blob/main/packages/sync-service/lib/electric/replication/eval/env/basic_types.ex
 * @param allowEnumLiterals whether any text passes as a label of an enum
 */
export function readsLiteral(text: string, type: ElectricType, allowEnumLiterals: boolean): boolean {
  if (isStringType(type)) return true;
  if (isArrayType(type)) {
    const element = elementType(type);
    const items = readArray(text);
    return items?.every((item) => item === null || readsLiteral(item, element, allowEnumLiterals)) ?? false;
  }
  if (isEnum(type)) return allowEnumLiterals;
  if (text.length > maxLength && !isNumberType(type)) return false;
  switch (type) {
    case "int2":
    case "int4":
    case "int8":
      return integerText.test(text) && fitsInteger(BigInt(text.replace(/^\+/, "")), type);
    case "float4":
    case "float8":
    case "numeric":
      return floatText.test(text) && Number.isFinite(Number(text));
    case "bool":
      return booleanText.test(text);
    case "uuid":
      return uuidText.test(text);
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

/** The items of an array literal. Electric allows no bounds, no blanks in `{}` and at most one at the end. */
function readArray(text: string): (string | null)[] | undefined {
  if (text === "{}") return [];
  if (!/^\s*\{/.test(text) || /\s\s$/.test(text)) return undefined;
  const items = parseArray(text)?.items ?? [];
  return items.length > 0 ? items : undefined;
}

function isDate(text: string): boolean {
  const [, year, month, day] = dateText.exec(text) ?? [];
  if (!year || !month || !day || text.startsWith("-") || Number(year) === 0) return false;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(day) > 0;
}

function isTimeOfDay(text: string): boolean {
  if (isTime(text, false)) return true;
  const [, time] = /^(.*?)\s*(AM|PM)$/.exec(text) ?? [];
  return time !== undefined && isTime(time, false) && Number(time.replace("T", "").slice(0, 2)) <= 12;
}

function isTime(text: string, zoned: boolean): boolean {
  const [, hour, minute, second, , offset] = timeText.exec(text) ?? [];
  if (!hour || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return false;
  if (offset === undefined) return !zoned;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.replace(":", "").slice(3, 5))];
  return offset === "Z" || (offset !== "-00:00" && hours < 24 && minutes < 60);
}

function isTimestamp(text: string, zoned: boolean): boolean {
  const [, date, time] = /^([+-]?\d{4}-\d\d-\d\d)[ T](\d.*)$/s.exec(text) ?? [];
  return date !== undefined && time !== undefined && isDate(date) && isTime(time, zoned);
}
