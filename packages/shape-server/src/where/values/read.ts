import { parseArray } from "./array.ts";
import { ComputeError } from "./compute-error.ts";
import { parseDate, parseTime, parseTimestamp } from "./datetime.ts";
import { parseDecimal } from "./decimal.ts";
import { parseFloat4, parseFloat8 } from "./float.ts";
import { parseInt2, parseInt4, parseInt8 } from "./integer.ts";
import { type Interval, infinite, minusInfinite, parseInterval } from "./interval.ts";
import { elementType, isArrayType, type PgType } from "./pg-types.ts";
import type { Value } from "./value.ts";

type Read = (text: string) => Value;

/** Types whose values are short. Longer text is refused before the patterns for these types go over it again and again. */
const shortTypes = new Set(["bool", "uuid", "date", "time", "timestamp", "timestamptz", "interval"]);
const maxShortLength = 300;

/**
 * How values of a type are read from Postgres' text form.
 * @returns a function that throws ComputeError for text that is no value of the type
 */
export function reader(type: PgType): Read {
  if (isArrayType(type)) return arrayReader(reader(elementType(type)));
  const read = scalarReader(type);
  if (!shortTypes.has(type)) return read;
  return (text) => {
    if (text.length > maxShortLength) throw new ComputeError(`invalid input syntax for type ${type}`);
    return read(text);
  };
}

function arrayReader(readItem: Read): Read {
  return (text) => {
    const array = parseArray(text);
    if (!array) throw new ComputeError("malformed array literal");
    return { ...array, items: array.items.map((item) => (item === null ? null : readItem(item))) };
  };
}

function scalarReader(type: PgType): Read {
  switch (type) {
    case "int2":
      return parseInt2;
    case "int4":
      return parseInt4;
    case "int8":
      return parseInt8;
    case "float4":
      return parseFloat4;
    case "float8":
      return parseFloat8;
    case "numeric":
      return parseDecimal;
    case "bool":
      return readBoolean;
    case "uuid":
      return readUuid;
    case "date":
      return parseDate;
    case "time":
      return parseTime;
    case "timestamp":
      return (text) => parseTimestamp(text, false);
    case "timestamptz":
      return (text) => parseTimestamp(text, true);
    case "interval":
      return readInterval;
    default:
      return (text) => text;
  }
}

/** Source: https://www.postgresql.org/docs/current/datatype-boolean.html */
function readBoolean(text: string): boolean {
  const word = text.trim().toLowerCase();
  const begins = (whole: string) => word !== "" && whole.startsWith(word);
  if (begins("true") || begins("yes") || word === "on" || word === "1") return true;
  if (begins("false") || begins("no") || word === "of" || word === "off" || word === "0") return false;
  throw new ComputeError("invalid input syntax for type boolean");
}

/** Source: https://www.postgresql.org/docs/current/datatype-uuid.html */
function readUuid(text: string): string {
  const plain = text.toLowerCase().replace(/^\{(.*)\}$/, "$1");
  if (!/^[0-9a-f]{4}(-?[0-9a-f]{4}){7}$/.test(plain))
    throw new ComputeError("invalid input syntax for type uuid");
  return plain.replaceAll("-", "").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function readInterval(text: string): Interval {
  const [, minus] = /^\s*[+]?(-?)infinity\s*$/i.exec(text) ?? [];
  if (minus !== undefined) return minus ? minusInfinite : infinite;
  const interval = parseInterval(text);
  if (!interval) throw new ComputeError("invalid input syntax for type interval");
  return interval;
}
