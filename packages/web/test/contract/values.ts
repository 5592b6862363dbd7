import { type Column, is } from "drizzle-orm";
import { PgArray } from "drizzle-orm/pg-core";
import fc from "fast-check";
import { z } from "zod";

/** Text that Postgres accepts and that reveals mistakes in quoting and encoding. */
const text = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).filter((value) => !value.includes("\0")),
  fc.constantFrom(
    `it's "quoted"`,
    "{a,b}",
    "NULL",
    "back\\slash",
    "žluťoučký 🐎",
    "2026-11-23",
    "true",
    "1e3",
  ),
);

/** Times in whole milliseconds, as `Date` holds them, in years that Postgres and JavaScript write with four digits. */
const time = fc.date({
  min: new Date("1900-01-01T00:00:00Z"),
  max: new Date("2999-12-31T00:00:00Z"),
  noInvalidDate: true,
});

const json = fc.jsonValue({ maxDepth: 2 });

/** Values for a field without a column. */
const anything = fc.oneof(
  text,
  fc.uuid(),
  fc.emailAddress(),
  fc.webUrl(),
  fc.boolean(),
  fc.integer({ min: -1000, max: 1000 }),
  time,
  fc.constantFrom(null, [], {}, "name", "A-1"),
  fc.array(text, { maxLength: 3 }),
  json,
);

/**
 * Generates values of a column, as the Drizzle table accepts them.
 *
 * @param column absent for a field without a column
 */
export function valuesOf(column: Column | undefined): fc.Arbitrary<unknown> {
  if (!column) return anything;
  if (is(column, PgArray)) return fc.array(valuesOf(column.baseColumn), { maxLength: 4 });
  if (column.enumValues?.length) return fc.constantFrom(...column.enumValues);
  const known = byType(column);
  return column.notNull ? known : fc.option(known, { freq: 4 });
}

function byType(column: Column): fc.Arbitrary<unknown> {
  const type = column.getSQLType();
  const [, first = "", second = "0"] = /\((\d+)(?:,\s*(\d+))?\)/.exec(type) ?? [];
  switch (type.replace(/\(.*\)/, "")) {
    case "uuid":
      return fc.uuid();
    case "smallint":
    case "smallserial":
      return fc.integer({ min: -32768, max: 32767 });
    case "integer":
    case "serial":
      return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    case "bigint":
    case "bigserial":
      return column.dataType === "bigint"
        ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
        : fc.maxSafeInteger();
    case "numeric":
      return numeric(first === "" ? 20 : Number(first), first === "" ? 6 : Number(second));
    case "real":
      return fc.float({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
    case "double precision":
      return fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
    case "boolean":
      return fc.boolean();
    case "date":
      return column.dataType === "date" ? time : time.map((value) => value.toISOString().slice(0, 10));
    case "time":
      return time.map((value) => value.toISOString().slice(11, 19));
    case "timestamp":
    case "timestamp with time zone":
      return column.dataType === "date" ? time : time.map((value) => value.toISOString());
    case "json":
    case "jsonb":
      return json;
    case "varchar":
    case "char":
      return text.map((value) =>
        Array.from(value)
          .slice(0, first === "" ? 40 : Number(first))
          .join(""),
      );
    default:
      return fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: anything });
  }
}

/** Addresses that every check accepts. Many checks refuse the unusual ones that the standard allows. */
const plainEmail = fc.nat().map((number) => `person-${number}@example.com`);

function numeric(precision: number, scale: number): fc.Arbitrary<string> {
  const whole = fc.bigInt({ min: 0n, max: 10n ** BigInt(Math.max(precision - scale, 0)) - 1n });
  const fraction = fc.bigInt({ min: 0n, max: 10n ** BigInt(scale) - 1n });
  return fc
    .tuple(whole, fraction)
    .map(([before, after]) => (scale ? `${before}.${String(after).padStart(scale, "0")}` : String(before)));
}

/**
 * Generates values of a column that a field of a schema accepts too.
 *
 * A field whose values are hard to guess can bring examples: `.meta({ examples: ["AB-12"] })`.
 *
 * @throws with the name of the field when no value fits
 */
export function fitting(
  name: string,
  column: Column | undefined,
  field: z.ZodType | undefined,
  seed: number,
) {
  const examples = examplesOf(field);
  const values = examples ? fc.constantFrom(...examples) : fc.oneof(...sources(column, field));
  const fits = fc
    .sample(values, { numRuns: 300, seed })
    .filter((value) => storable(column, value) && (field?.safeParse(value).success ?? true));
  if (fits.length === 0) {
    throw new Error(
      `${name}: no value was found that its schema accepts. Give some: .meta({ examples: ["…"] }) on the field.`,
    );
  }
  return fits;
}

/**
 * Says whether the database gives a value back unchanged. Postgres' JSON cannot hold a NUL. Drizzle writes a null in
 * JSON as no value, and reads a document that is nothing but the text "true" as a boolean.
 */
function storable(column: Column | undefined, value: unknown): boolean {
  if (column?.dataType !== "json") return true;
  if (value === null) return !column.notNull;
  return typeof value !== "string" && !JSON.stringify(value)?.includes("\\u0000");
}

/** The values of the column first, then values that its schema may ask for: URLs, e-mail addresses, plain words. */
function sources(column: Column | undefined, field: z.ZodType | undefined): fc.Arbitrary<unknown>[] {
  // Postgres refuses words in an array of numerics, which are strings for its schema.
  const json =
    column === undefined ||
    column.dataType === "json" ||
    (is(column, PgArray) && isTextual(column.baseColumn));
  const textual = column !== undefined && isTextual(column);
  const own = [valuesOf(column)];
  if (json && field) own.push(shaped(field));
  return textual
    ? [...own, fc.webUrl(), fc.emailAddress(), plainEmail, fc.constantFrom("Ada", "Some words", "a-b-c")]
    : own;
}

function isTextual(column: Column): boolean {
  const { dataType, enumValues } = column;
  return dataType === "string" && !enumValues?.length && /^(text|varchar|char)/.test(column.getSQLType());
}

/** Generates values from a Zod schema, for JSON and for fields without a column. */
function shaped(field: z.ZodType): fc.Arbitrary<unknown> {
  if (field instanceof z.ZodOptional || field instanceof z.ZodNullable) {
    return shaped(field.unwrap() as z.ZodType);
  }
  if (field instanceof z.ZodEnum) return fc.constantFrom(...field.options);
  if (field instanceof z.ZodLiteral) return fc.constantFrom(...field.values);
  if (field instanceof z.ZodNumber) return fc.integer({ min: 0, max: 100 });
  if (field instanceof z.ZodString) return text;
  if (field instanceof z.ZodBoolean) return fc.boolean();
  if (field instanceof z.ZodArray) return fc.array(shaped(field.element as z.ZodType), { maxLength: 3 });
  if (field instanceof z.ZodUnion) return fc.oneof(...field.options.map((one) => shaped(one as z.ZodType)));
  if (field instanceof z.ZodObject) {
    const fields = Object.entries(field.shape).map(([key, one]) => [key, shaped(one as z.ZodType)]);
    // Drizzle takes no objects without a prototype.
    return fc.record(Object.fromEntries(fields), { noNullPrototype: true });
  }
  return anything;
}

function examplesOf(field: z.ZodType | undefined): unknown[] | undefined {
  for (let one = field; one; ) {
    const examples = one.meta()?.examples;
    if (Array.isArray(examples) && examples.length > 0) return examples;
    one =
      one instanceof z.ZodOptional || one instanceof z.ZodNullable ? (one.unwrap() as z.ZodType) : undefined;
  }
  return undefined;
}
