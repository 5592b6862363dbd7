import fc from "fast-check";
import { expect, test } from "vitest";
import { Encoder } from "../../test/pgoutput/encoder.ts";
import { type Cell, decodeMessage, type Message } from "./pgoutput.ts";
import { ProtocolError } from "./protocol-error.ts";

// Values that look like parts of a message are frequent, since they can hide damage: kinds of values, parts of a change.
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.string({ unit: fc.constantFrom("n", "u", "t", "N", "K", "O", "ü", "\u0001"), maxLength: 12 }),
);
const value = text.filter((each) => !each.includes("\0") && each.isWellFormed());
const cell: fc.Arbitrary<Cell> = fc.oneof(
  { weight: 4, arbitrary: value },
  fc.constant(null),
  fc.constant(undefined),
);
const row = (columns: number) => fc.array(cell, { minLength: columns, maxLength: columns });
const rows = fc.integer({ min: 1, max: 6 }).chain((columns) => fc.tuple(row(columns), row(columns)));
const lsn = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
/** Postgres gives lower oids to its own tables. */
const oid = fc.integer({ min: 16_384, max: 0xffff_ffff });
const column = fc.record({
  name: value.filter((name) => name !== ""),
  typeOid: oid,
  typmod: fc.integer({ min: -1, max: 0x7fff_ffff }),
});

const change: fc.Arbitrary<Message> = fc
  .tuple(oid, rows)
  .chain(([table, [old, now]]) =>
    fc.constantFrom<Message>(
      { tag: "insert", oid: table, old: null, new: now },
      { tag: "update", oid: table, old, new: now },
      { tag: "update", oid: table, old: null, new: now },
      { tag: "delete", oid: table, old, new: null },
    ),
  );
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ tag: fc.constant("begin" as const), lsn, xid: uint32 }),
  fc.record({ tag: fc.constant("commit" as const), endLsn: lsn }),
  fc.record({
    tag: fc.constant("relation" as const),
    oid,
    schema: value.filter((name) => name !== ""),
    name: value,
    columns: fc.array(column, { maxLength: 5 }),
    full: fc.boolean(),
  }),
  fc.record({ tag: fc.constant("truncate" as const), oids: fc.array(oid, { maxLength: 5 }) }),
  { weight: 4, arbitrary: change },
);

const decode = (bytes: Buffer, at = 0) => decodeMessage(bytes, at, () => true);

/** The decoded message, or the error; any other error than the named one fails the test. */
function decodeOrRefuse(bytes: Buffer): Message | undefined {
  try {
    return decode(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    return undefined;
  }
}

test("every message reads as it was written, wherever it begins", () => {
  fc.assert(
    fc.property(message, fc.uint8Array({ maxLength: 30 }), (sent, before) => {
      const { bytes } = new Encoder(sent);
      expect(decode(Buffer.concat([before, bytes]), before.length)).toEqual(sent);
    }),
    { numRuns: 1_000 },
  );
});

test("rows of tables that nobody wants are not read", () => {
  fc.assert(
    fc.property(change, (sent) => {
      if (!("oid" in sent)) throw new Error("a change names its table");
      const { bytes } = new Encoder(sent);
      const { tag, oid } = sent;
      expect(decodeMessage(bytes, 0, (asked) => asked !== oid)).toEqual({ tag, oid, old: null, new: null });
    }),
  );
});

test("messages that say nothing about rows are passed over, and refused when they are cut short", () => {
  const origin = "O12345678origin\0";
  const type = "Y1234public\0mood\0";
  const logical = "M\u000112345678prefix\0\0\0\0\u0004text";
  for (const sent of [origin, type, logical]) {
    expect(decode(Buffer.from(sent))).toEqual({ tag: "other" });
    expect(() => decode(Buffer.from(sent.slice(0, -1)))).toThrow(ProtocolError);
  }
});

test("a message that is cut short, or goes on behind its end, is refused", () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 9 }), (sent, cut, more) => {
      const { bytes } = new Encoder(sent);
      expect(() => decode(bytes.subarray(0, cut % bytes.length))).toThrow(ProtocolError);
      expect(() => decode(Buffer.concat([bytes, more]))).toThrow(ProtocolError);
    }),
    { numRuns: 1_000 },
  );
});

test("a length or a number of parts that is wrong is refused", () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.integer({ min: -40, max: 40 }), fc.nat(), (sent, which, by, random) => {
      const { bytes, lengths } = new Encoder(sent);
      const field = lengths[which % Math.max(1, lengths.length)];
      if (!field) return;
      const right = bytes.readUIntBE(field.at, field.bytes);
      const wrong = [right + by, random, random % 256];
      for (const length of wrong) {
        if (length === right || length < 0 || length >= 256 ** field.bytes) continue;
        const damaged = Buffer.from(bytes);
        damaged.writeUIntBE(length, field.at, field.bytes);
        expect(() => decode(damaged)).toThrow(ProtocolError);
      }
    }),
    { numRuns: 2_000 },
  );
});

/** Pairs of tags that may stand before the same bytes, so that nobody can see which of the two is right. */
const alike = ["IU", "UI", "KO", "OK", "nu", "un"];

test("a tag that is wrong makes no wrong row of the bytes behind it", () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.nat({ max: 255 }), (sent, which, random) => {
      const { bytes, tags } = new Encoder(sent);
      const at = tags[which % tags.length] ?? 0;
      const right = bytes.toString("latin1", at, at + 1);
      for (const wrong of [String.fromCharCode(random), ..."BCRIUDTNKOntu"]) {
        if (wrong === right) continue;
        const damaged = Buffer.from(bytes);
        damaged.write(wrong, at, "latin1");
        const received = decodeOrRefuse(damaged);
        if (received && "new" in received) expect(alike).toContain(right + wrong);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("random bytes are refused by name, and quickly", () => {
  const tag = fc.constantFrom(..."BCRIUDT");
  fc.assert(
    fc.property(tag, fc.uint8Array({ maxLength: 60 }), (first, rest) => {
      decodeOrRefuse(Buffer.concat([Buffer.from(first), rest]));
    }),
    { numRuns: 5_000 },
  );
});
