import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@playwright/test";
import { percentile } from "../../bench/statistics.ts";
import { type PartsFault, partsFaults } from "./faults.ts";
import { measure } from "./requests.ts";
import { audit, untilRest } from "./rest.ts";
import { openStage, type Stage, writtenNames } from "./stage.ts";
import type { Heard } from "./wire.ts";

/** How often each kind of fault happens: `npm run test:faults` sets a higher number. */
const rounds = Number(process.env.FAULT_ROUNDS ?? 1);

/** How many writes each person makes around a fault. Every fifth one is refused. */
const writesPerFault = Number(process.env.FAULT_WRITES ?? 10);

/** The time between two writes of a person, in milliseconds. */
const writePause = 50;

/**
 * How many requests a page that only shows may send in a second while a part is down, on average. Each shape and the line
 * wait up to 500 ms after the first failure, and up to twice as long after each further one.
 */
const mostRequests = 8;

/** In this fault the shape server goes on serving, and a page polls once for each change that comes. */
const goesOn = "the shape server's disk is full";

/** Every fifth name is too long, so that the server refuses it. */
function nameOf(count: number, n: number): string {
  return n % 5 === 3 ? `${"x".repeat(5_000)}${count}` : `write ${count}`;
}

/** Lets the people write while a fault happens. */
async function writeDuring(stage: Stage, fault: PartsFault, nextName: (n: number) => string) {
  const { wire, writers } = stage;
  wire.takeHeard();
  const began = performance.now();
  let heard: Heard[] = [];
  let gone = 0;
  const harm = fault(stage).then(() => {
    heard = wire.takeHeard();
    gone = performance.now();
  });
  const ended = new AbortController();
  const writing = async () => {
    for (let n = 0; n < writesPerFault && !ended.signal.aborted; n++) {
      const name = nextName(n);
      for (const writer of writers) writer.write(name);
      await delay(writePause);
    }
  };
  await Promise.all([harm, writing()]).finally(() => ended.abort());
  return { heard, gone, lasted: gone - began };
}

const namesOf = (pages: Stage["pages"]) => pages.map(({ name }) => name);

/**
 * Defines the test that writes outlive faults.
 *
 * @param what the faults, for the title
 * @param isMeant says which kinds of fault happen
 */
export function testFaults(what: string, isMeant: (kind: string) => boolean): void {
  test(`no write is lost, doubled or in doubt, whatever part fails meanwhile: ${what}`, async () => {
    const kinds = Object.entries(partsFaults).filter(
      ([kind]) => isMeant(kind) && kind.includes(process.env.FAULT_KIND ?? ""),
    );
    test.setTimeout(120_000 + rounds * kinds.length * 90_000);
    await haveHappen(kinds);
  });
}

async function haveHappen(kinds: [kind: string, fault: PartsFault][]): Promise<void> {
  await using stage = await openStage();
  const { writers, readers } = stage;

  const recoveries: number[] = [];
  const table: Record<string, Record<string, number | string>> = {};
  let count = 0;
  for (const [kind, fault] of kinds) {
    const times: number[] = [];
    const sent = { reader: 0, writer: 0, peak: 0, changes: 0, spreads: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      const { heard, gone, lasted } = await writeDuring(stage, fault, (n) => nameOf(++count, n)).catch(
        (cause: unknown) => {
          throw new Error(`The fault "${kind}" could not be made.`, { cause });
        },
      );
      expect(await untilRest(stage, gone), kind).toBeUndefined();
      times.push(performance.now() - gone);
      const reading = measure(heard, namesOf(readers), lasted);
      const writing = measure(heard, namesOf(writers), lasted);
      sent.reader = Math.max(sent.reader, reading.perSecond);
      sent.writer = Math.max(sent.writer, writing.perSecond);
      sent.changes = Math.max(sent.changes, writesPerFault / (lasted / 1000));
      sent.peak = Math.max(sent.peak, reading.peak);
      if (reading.spread !== undefined) sent.spreads.push(reading.spread);
    }
    recoveries.push(...times);
    table[kind] = {
      p50: Math.round(percentile(times, 0.5)),
      p95: Math.round(percentile(times, 0.95)),
      max: Math.round(Math.max(...times)),
      "reader/s": sent.reader.toFixed(1),
      "peak/s": sent.peak,
      spread: sent.spreads.length > 0 ? percentile(sent.spreads, 0.5).toFixed(2) : "",
      "writer/s": sent.writer.toFixed(1),
    };
    expect(sent.reader, `${kind}: requests that a page sends in a second`).toBeLessThan(
      mostRequests + (kind === goesOn ? sent.changes : 0),
    );
  }
  console.table(table);

  const { made, ...found } = audit(writers, await writtenNames(stage));
  console.log(
    [
      `faults: ${recoveries.length} faults, ${made} writes, ${found.refused} refused`,
      `${found.lost} lost, ${found.phantom} phantom, ${found.inDoubt} in doubt`,
      `recovery p50 ${Math.round(percentile(recoveries, 0.5))} ms, p95 ${Math.round(percentile(recoveries, 0.95))} ms, most ${Math.round(Math.max(...recoveries))} ms`,
    ].join(", "),
  );
  const tooLong = writers.flatMap(({ told }) => [...told.keys()]).filter((name) => name.length > 100);
  expect(
    found,
    "every confirmed write, once, in order, and no other; exactly the long names are refused",
  ).toEqual({
    refused: tooLong.length,
    lost: 0,
    phantom: 0,
    inDoubt: 0,
    inOrder: true,
  });
}
