import fc from "fast-check";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { randomValues } from "../../../test/where/values.ts";
import { ComputeError } from "../values/compute-error.ts";
import { reader } from "../values/read.ts";
import { lower, upper } from "../values/text.ts";
import { writer } from "../values/write.ts";
import { kernel } from "./operator.ts";
import { pgOperators } from "./pg-operators.ts";

const client = new Client({ connectionString: inject("postgresUrl") });

beforeAll(async () => {
  await client.connect();
  await client.query(
    "SET IntervalStyle = 'iso_8601'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, DMY'; SET extra_float_digits = 1",
  );
});
afterAll(() => client.end());

/** What Postgres computes, as text; `error` when it raises one. */
async function postgres(expression: string, values: string[]): Promise<string | null> {
  const found = await client
    .query<{ x: string | null }>(`SELECT (${expression})::text AS x`, values)
    .catch(() => null);
  return found ? (found.rows[0]?.x ?? null) : "error";
}

function ours(compute: () => string): string {
  try {
    return compute();
  } catch (error) {
    if (error instanceof ComputeError) return "error";
    throw error;
  }
}

test.each(Object.keys(randomValues))("%s is read and written as Postgres does", async (type) => {
  await fc.assert(
    fc.asyncProperty(randomValues[type] ?? fc.constant(""), async (value) => {
      const [read, write] = [reader(type), writer(type)];
      expect(ours(() => write(read(value)))).toBe(await postgres(`$1::${type}`, [value]));
    }),
    { numRuns: 120 },
  );
});

test("a text halfway between two floats is not written, as Postgres writes none", async () => {
  const write = writer("float8");
  const near = fc.tuple(fc.integer({ min: 1, max: 99_999_999 }), fc.integer({ min: 1, max: 14 }));
  const values = near.map(([digits, power]) => Number(`1.8${digits}1e${power + 9}`) * 1e7);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(values, fc.constantFrom(1e23, 2 ** 54, 2 ** 55 + 8, 2 ** 70)),
      async (value) => {
        const exact = BigInt(Math.trunc(value)).toString();
        expect(write(Number(exact))).toBe(await postgres("$1::float8", [exact]));
      },
    ),
    { numRuns: 300, examples: [[75 * 245_371_603_947_337.47], [1e23]] },
  );
});

/** `^` is left out: its last digits depend on the machine's mathematics library. */
const operators = ["=", "<", ">=", "+", "-", "*", "/", "&", "|", "#", "||", "~~", "!~~*"];

test.each(operators)("%s computes what Postgres computes, or fails where it fails", async (name) => {
  for (const { args, returns } of pgOperators(name, 2)) {
    const [left = "", right = ""] = args;
    const [a, b] = [randomValues[left], randomValues[right]];
    if (!a || !b) continue;
    const compute = kernel(name, left, right, returns, 0);
    const [readLeft, readRight, write] = [reader(left), reader(right), writer(returns)];
    await fc.assert(
      fc.asyncProperty(a, b, async (x, y) => {
        const expected = await postgres(`($1::${left}) ${name} ($2::${right})`, [x, y]);
        expect(ours(() => write(compute(readLeft(x), readRight(y))))).toBe(expected);
      }),
      { numRuns: 60 },
    );
  }
});

test.each(["numeric", "float8"])("%s: powers of special values are Postgres' own", async (type) => {
  const compute = kernel("^", type, type, type, 0);
  const [read, write] = [reader(type), writer(type)];
  for (const base of ["-1", "0", "1", "NaN", "Infinity"]) {
    for (const exponent of ["0", "NaN", "Infinity", "-Infinity"]) {
      const expected = await postgres(`($1::${type}) ^ ($2::${type})`, [base, exponent]);
      const found = ours(() => write(compute(read(base), read(exponent))));
      expect({ base, exponent, found: withoutZeros(found) }).toEqual({
        base,
        exponent,
        found: withoutZeros(expected),
      });
    }
  }
});

/** The scale of a power of 0 is left out of the comparison: Postgres shows 1.0000000000000000. */
function withoutZeros(text: string | null): string | undefined {
  return text?.replace(/\.0+$/, "");
}

test("upper and lower case are Postgres' own", async () => {
  const letters = fc.string({ unit: fc.constantFrom(..."aZéÉßŸÿİıΣσςǅﬁᾳᾼДж日\u{10428}\u{1f600}") });
  await fc.assert(
    fc.asyncProperty(letters, async (text) => {
      expect(lower(text)).toBe(await postgres('lower($1 COLLATE "pg_c_utf8")', [text]));
      expect(upper(text)).toBe(await postgres('upper($1 COLLATE "pg_c_utf8")', [text]));
    }),
    { numRuns: 300 },
  );
});
