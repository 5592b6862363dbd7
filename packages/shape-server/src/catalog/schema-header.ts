import type { TableColumn } from "./table.ts";

// The `electric-schema` header. Type modifiers are packed as Postgres' input functions pack them:
// https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/timestamp.c (intervaltypmodin)

type Modifiers = Record<string, string | number>;

const intervalUnits = [
  ["YEAR", 1 << 2],
  ["MONTH", 1 << 1],
  ["DAY", 1 << 3],
  ["HOUR", 1 << 10],
  ["MINUTE", 1 << 11],
  ["SECOND", 1 << 12],
] as const;
const allUnits = 0x7fff;

/** The columns that a shape selects, described as JSON text for the `electric-schema` header. */
export function schemaHeader(columns: TableColumn[]): string {
  const schema = Object.fromEntries(columns.map((column) => [column.name, describe(column)]));
  // Headers are Latin-1. Other characters are escaped, as JSON allows.
  return JSON.stringify(schema).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function describe(column: TableColumn): Record<string, unknown> {
  const type = column.dims > 0 ? (column.elementTypeName ?? column.typeName) : column.typeName;
  return {
    type,
    ...(column.dims > 0 ? { dims: column.dims } : {}),
    ...(column.pkIndex === null ? {} : { pk_index: column.pkIndex }),
    ...(column.notNull ? { not_null: true } : {}),
    ...modifiers(type, column.typmod),
  };
}

function modifiers(type: string, typmod: number): Modifiers {
  switch (type) {
    case "varchar":
    case "text":
      if (typmod > 0) return { max_length: typmod - 4 };
      break;
    case "bpchar":
      if (typmod > 0) return { length: typmod - 4 };
      break;
    case "bit":
    case "varbit":
      return { length: typmod };
    case "interval":
      if (typmod > -1) return interval(typmod);
      break;
    case "date":
    case "time":
    case "timetz":
    case "timestamp":
    case "timestamptz":
      if (typmod > 0) return { precision: typmod };
      break;
    case "numeric":
      if (typmod > -1) return { precision: (typmod - 4) >> 16, scale: ((typmod - 4) << 16) >> 16 };
      break;
  }
  return typmod > -1 ? { type_mod: typmod } : {};
}

function interval(typmod: number): Modifiers {
  const range = typmod >> 16;
  const precision = (typmod << 16) >> 16;
  const units = intervalUnits.filter(([, mask]) => (range & mask) > 0).map(([unit]) => unit);
  return {
    ...(range === allUnits
      ? {}
      : { fields: units.length === 1 ? (units[0] ?? "") : `${units.at(0)} TO ${units.at(-1)}` }),
    ...(precision === -1 ? {} : { precision }),
  };
}
