import fc from "fast-check";

function digits(maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength });
}

function whole(bits: bigint): fc.Arbitrary<string> {
  const all = fc.bigInt({ min: -(1n << bits), max: (1n << bits) - 1n });
  return fc.oneof(all, fc.bigInt({ min: -20n, max: 20n })).map(String);
}

function two(max: number, min = 0): fc.Arbitrary<string> {
  return fc.integer({ min, max }).map((value) => String(value).padStart(2, "0"));
}

const years = fc.oneof(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1950, max: 2050 }));
const date = fc
  .tuple(years, two(12, 1), two(28, 1))
  .map(([year, month, day]) => `${String(year).padStart(4, "0")}-${month}-${day}`);
const fraction = fc.integer({ min: 0, max: 999_999 }).map((us) => String(us).padStart(6, "0"));
const time = fc.tuple(two(23), two(59), two(59), fraction).map(([h, m, s, us]) => `${h}:${m}:${s}.${us}`);
const timestamp = fc
  .tuple(date, time, fc.constantFrom("", " BC"))
  .map(([day, at, era]) => `${day} ${at}${day < "4713" ? era : ""}`);

const units = fc.subarray(["year", "month", "week", "day", "hour", "minute", "second"], { minLength: 1 });
const amounts = fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 7, maxLength: 7 });
const interval = fc.oneof(
  fc
    .tuple(units, amounts)
    .map(([names, numbers]) => names.map((name, i) => `${numbers[i]} ${name}`).join(" ")),
  fc
    .tuple(
      fc.integer({ min: -99, max: 99 }),
      fc.integer({ min: -99, max: 99 }),
      fc.constantFrom("", "-"),
      time,
    )
    .map(([months, days, sign, at]) => `${months} mon ${days} days ${sign}${at}`),
  fc
    .tuple(
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: -99, max: 99 }),
      fc.integer({ min: -99, max: 99 }),
    )
    .map(([year, day, hour]) => `P${year}Y${day}DT${hour}H0.5S`),
);
const text = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 6 }),
  fc.string({ unit: fc.constantFrom("a", "A", "%", "_", "é", "日", "\u{1f600}", "\uffee"), maxLength: 6 }),
);

/** Random values of each type in Postgres' text form. */
export const randomValues: Record<string, fc.Arbitrary<string>> = {
  int2: whole(15n),
  int4: whole(31n),
  int8: whole(63n),
  numeric: fc
    .tuple(fc.constantFrom("", "-"), digits(12), fc.option(digits(12)))
    .map(([sign, a, b]) => sign + a + (b === null ? "" : `.${b}`)),
  float8: fc.oneof(
    fc.double({ noNaN: true }).map(String),
    fc.integer({ min: -100, max: 100 }).map(String),
    fc.constantFrom("NaN", "Infinity", "-Infinity"),
  ),
  float4: fc.oneof(
    fc.integer({ min: -100, max: 100 }).map(String),
    fc.integer({ min: -1000, max: 1000 }).map((n) => String(n / 8)),
    fc.constantFrom("NaN", "Infinity", "1.1"),
  ),
  bool: fc.constantFrom("t", "f"),
  text,
  uuid: fc.uuid(),
  date,
  time,
  timestamp,
  timestamptz: fc
    .tuple(timestamp, fc.constantFrom("+00", "-05", "+05:30"))
    .map(([at, zone]) => (at.endsWith("BC") ? at : at + zone)),
  interval,
};
