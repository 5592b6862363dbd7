import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { defaultPageBytes } from "./log-index.ts";
import { splitMessages } from "./messages.ts";
import { compareOffsets, type LogOffset, snapshotEndOffset } from "./offset.ts";
import { ShapeLog } from "./shape-log.ts";

const directory = mkdtempSync(join(tmpdir(), "log-"));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
const newPath = () => join(directory, String(files++));

const message = (tx: number, op: number, length = 0) =>
  JSON.stringify({ headers: { lsn: String(tx), op_position: op }, value: { text: "ü\n,".repeat(length) } });

function placesIn(parts: Buffer[]): LogOffset[] {
  return parts.flatMap(splitMessages).map((text) => {
    const { headers } = JSON.parse(text);
    return { tx: Number(headers.lsn), op: headers.op_position };
  });
}

/** Reads page after page, as a client does. */
function readOn(log: ShapeLog, from: LogOffset): LogOffset[] {
  const places: LogOffset[] = [];
  for (let place = from; compareOffsets(place, log.end) < 0; ) {
    const end = log.pageEnd(place);
    places.push(...placesIn(log.read(place, end)));
    place = end;
  }
  return places;
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("commit"),
        ops: fc.array(fc.nat(2_000), { minLength: 1, maxLength: 6 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("rollback"), ops: fc.array(fc.nat(2_000), { maxLength: 3 }) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("flush"), ops: fc.constant<number[]>([]) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("reopen"), ops: fc.constant<number[]>([]) }) },
  ),
  { maxLength: 40 },
);

test("whatever is written, flushed and reopened, a client at any place reads exactly what follows", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const path = newPath();
      let log = new ShapeLog(path);
      let written: LogOffset[] = [];
      let flushed: LogOffset[] = [];
      for (const [i, step] of all.entries()) {
        const tx = (i + 1) * 8;
        const messages = step.ops.map((length, op) => ({ op: op * 2, text: message(tx, op * 2, length) }));
        if (messages.length > 0) log.add(tx, messages);
        if (step.do === "commit") {
          log.commit();
          written.push(...messages.map(({ op }) => ({ tx, op })));
        } else log.rollback();
        if (step.do === "flush") {
          log.flush();
          flushed = [...written];
        }
        if (step.do === "reopen") {
          // what was not flushed is lost with the process
          log = new ShapeLog(path);
          log.recover();
          written = [...flushed];
        }
      }
      expect(log.end).toEqual(written.at(-1) ?? snapshotEndOffset);
      for (const from of [
        snapshotEndOffset,
        ...written,
        ...written.map(({ tx, op }) => ({ tx, op: op + 1 })),
      ]) {
        expect(readOn(log, from)).toEqual(written.filter((place) => compareOffsets(place, from) > 0));
      }
    }),
    { numRuns: 60 },
  );
});

test("a large transaction is cut into pages, each ending with the message that fills it", () => {
  const log = new ShapeLog(newPath());
  const texts = Array.from({ length: 250 }, (_, i) => message(8, i * 2, 25_000));
  for (const [i, text] of texts.entries()) log.add(8, [{ op: i * 2, text }]);
  log.commit();
  const expected: number[] = [];
  let bytes = 0;
  for (const [i, text] of texts.entries()) {
    bytes += Buffer.byteLength(text);
    if (bytes < defaultPageBytes) continue;
    expected.push(i * 2);
    bytes = 0;
  }
  const ends: number[] = [];
  for (let place = snapshotEndOffset; ; place = log.pageEnd(place)) {
    if (place !== snapshotEndOffset) ends.push(place.op);
    if (compareOffsets(place, log.end) >= 0) break;
  }
  expect(expected.length).toBeGreaterThan(1);
  expect(ends).toEqual([...expected, 498]);
  expect(readOn(log, snapshotEndOffset)).toHaveLength(250);
  log.flush();
  expect(readOn(log, { tx: 8, op: 100 })).toHaveLength(199);
});

test("what a crash left half-written is cut off", () => {
  const path = newPath();
  const log = new ShapeLog(path);
  log.add(8, [{ op: 0, text: message(8, 0) }]);
  log.commit();
  log.flush();
  // a transaction that spills to the file before it is complete
  for (let i = 0; i < 60; i++) log.add(16, [{ op: i * 2, text: message(16, i * 2, 50_000) }]);
  appendFileSync(path, "half a header");
  const again = new ShapeLog(path);
  again.recover();
  expect(again.end).toEqual({ tx: 8, op: 0 });
  again.add(16, [{ op: 0, text: message(16, 0) }]);
  again.commit();
  again.flush();
  expect(readOn(again, snapshotEndOffset)).toEqual([
    { tx: 8, op: 0 },
    { tx: 16, op: 0 },
  ]);
});
