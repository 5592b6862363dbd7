import type { Client } from "pg";
import type { Column, Row } from "../../src/where/syntax/condition.ts";

/** A table with a column of every type that conditions know. */
export const sampleColumns: Column[] = [
  column("id", "int4"),
  column("i2", "int2"),
  column("i4", "int4"),
  column("i8", "int8"),
  column("num", "numeric"),
  column("f4", "float4"),
  column("f8", "float8"),
  column("ok", "bool"),
  column("t", "text"),
  column("vc", "varchar"),
  column("bc", "bpchar"),
  column("u", "uuid"),
  column("d", "date"),
  column("tm", "time"),
  column("ts", "timestamp"),
  column("tz", "timestamptz"),
  column("iv", "interval"),
  { ...column("ti", "_int4"), elementTypeName: "int4" },
  { ...column("tt", "_text"), elementTypeName: "text" },
  { ...column("mood", "mood"), enumLabels: ["sad", "ok", "happy"] },
  { ...column("age", "age"), baseTypeName: "int4" },
  column("data", "jsonb"),
];

const sqlTypes: Record<string, string> = { bpchar: "char(5)", _int4: "int4[]", _text: "text[]" };

function column(name: string, typeName: string): Column {
  return { name, typeName };
}

/** Values of each column in Postgres' text form: ordinary ones, limits and special cases. */
export const sampleValues: Record<string, string[]> = {
  i2: ["0", "1", "-1", "3", "32767", "-32768"],
  i4: ["0", "1", "-1", "2", "3", "7", "2147483647", "-2147483648"],
  i8: ["0", "1", "3", "-5", "9223372036854775807", "-9223372036854775808", "4294967296"],
  num: [
    "0",
    "1",
    "1.0",
    "2.50",
    "-0.001",
    "NaN",
    "Infinity",
    "-Infinity",
    "123456789012345678901234567890.123456789",
    "0.1",
  ],
  f4: ["0", "-0", "1.1", "0.1", "NaN", "Infinity", "-Infinity", "3.4028235e+38", "1e-40", "16777217", "2.5"],
  f8: [
    "0",
    "-0",
    "1.1",
    "0.1",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e308",
    "5e-324",
    "1e15",
    "123456.789",
    "2.5",
    "0.30000000000000004",
  ],
  ok: ["t", "f"],
  t: [
    "",
    "a",
    "A",
    "abc",
    "ABC",
    "a_c",
    "a%c",
    "a\\c",
    "it's",
    "ß",
    "É",
    "é",
    "日本",
    "\u{1f600}",
    "\uffee",
    " a",
    "a ",
    "3",
    "2024-01-01",
    "\n",
    "İ",
    "Σς",
    "ab\ncd",
  ],
  vc: ["", "a", "abc", "Abc ", "3", "é"],
  bc: ["a", "abc", "", "ABC", "3"],
  u: [
    "00000000-0000-0000-0000-000000000001",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
  ],
  d: [
    "2024-01-01",
    "2024-02-29",
    "2023-12-31",
    "infinity",
    "-infinity",
    "0044-03-15 BC",
    "5874897-12-31",
    "4713-01-01 BC",
    "1999-12-31",
    "2024-01-31",
  ],
  tm: ["00:00:00", "12:34:56.789", "23:59:59.999999", "24:00:00", "10:00:00"],
  ts: [
    "2024-01-01 00:00:00",
    "2024-01-31 12:34:56.789012",
    "infinity",
    "-infinity",
    "4713-01-01 00:00:00 BC",
    "294276-12-31 23:59:59.999999",
    "1999-12-31 23:59:59.5",
    "2024-03-10 02:30:00",
  ],
  tz: [
    "2024-01-01 00:00:00+00",
    "2024-06-01 12:00:00+02",
    "infinity",
    "-infinity",
    "1970-01-01 00:00:00+00",
    "2024-11-03 06:30:00+00",
    "294276-12-31 23:59:59+00",
    "1883-11-18 17:00:00+00",
  ],
  iv: [
    "1 day",
    "-1 day",
    "1 month",
    "30 days",
    "24 hours",
    "1 year 2 months 3 days 04:05:06.7",
    "00:00:00.000001",
    "-1 mons +3 days -02:00:00",
    "0",
  ],
  ti: ["{}", "{1,2,3}", "{NULL,1}", "{{1,2},{3,4}}", "[0:1]={5,6}", "{1}", "{3,3,3}"],
  tt: ["{}", "{a,b}", "{NULL}", '{"null","",a b}', '{"a\\"b","c\\\\d"}', "{a}", "{{a,b},{c,d}}", '{"{x}",é}'],
  mood: ["sad", "ok", "happy"],
  age: ["1", "10", "20"],
  data: ['{"a": 1}', "[]"],
};

/**
 * Makes the table and fills it: a row of NULLs, rows in which every sample value occurs, and rows of random values.
 * @param mixed how many rows of random values to add
 * @param pick chooses one of the sample values, or null for NULL
 * @returns the rows, with every value in Postgres' text output
 */
export async function fillTable(
  client: Client,
  mixed: number,
  pick: (values: string[]) => string | null,
): Promise<Row[]> {
  // The settings of the sync service, so that the text output does not depend on the server.
  await client.query(
    "SET IntervalStyle = 'iso_8601'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, DMY'; SET extra_float_digits = 1",
  );
  await client.query(
    "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE DOMAIN age AS int4 CHECK (VALUE > 0)",
  );
  const definitions = sampleColumns.map(({ name, typeName }) => `${name} ${sqlTypes[typeName] ?? typeName}`);
  await client.query(`CREATE TABLE sample (${definitions.join(", ")})`);
  const names = sampleColumns.map(({ name }) => name).filter((name) => name !== "id");
  const width = Math.max(...Object.values(sampleValues).map((values) => values.length));
  const rows: (string | null)[][] = [names.map(() => null)];
  for (let i = 0; i < width; i++) rows.push(names.map((name) => sampleValues[name]?.[i] ?? null));
  for (let i = 0; i < mixed; i++) rows.push(names.map((name) => pick(sampleValues[name] ?? [])));
  for (const [id, row] of rows.entries()) {
    const places = row.map((_, i) => `$${i + 2}`);
    await client.query(`INSERT INTO sample (id, ${names.join(", ")}) VALUES ($1, ${places.join(", ")})`, [
      id,
      ...row,
    ]);
  }
  const texts = sampleColumns.map(({ name, typeName }) =>
    typeName === "bpchar" ? name : `${name}::text AS ${name}`,
  );
  return (await client.query<Row>({ text: `SELECT ${texts.join(", ")} FROM sample ORDER BY sample.id` }))
    .rows;
}
