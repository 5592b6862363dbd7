import { expect, test } from "vitest";
import type { SyncEvent } from "./sync-event";
import { timelinesOf } from "./timelines";
import { durationOf, type Write } from "./write";

/** The server's clock is ahead by this much. */
const ahead = 5_000;

/** The way of one edit: sent at 2 ms, in the server from 4 to 9, answered at 11, back at 14. */
const edit: SyncEvent[] = [
  { kind: "queued", at: 0, id: "a", what: "users: name" },
  { kind: "sent", at: 2, id: "a" },
  { kind: "shown", at: 8, id: "a" },
  {
    kind: "answered",
    at: 11,
    id: "a",
    txid: 71,
    server: { received: 4 + ahead, answered: 9 + ahead },
  },
  { kind: "arrived", at: 14, shape: "users", txid: 71, lsn: "29", servedAt: 12 + ahead },
  { kind: "confirmed", at: 15, txid: 71 },
];

const only = (events: readonly SyncEvent[]): Write => {
  const { writes } = timelinesOf(events);
  expect(writes).toHaveLength(1);
  return writes[0] as Write;
};

const timesOf = ({ moments }: Write) => moments.map(({ name, at }) => [name, at]);

test("puts the moments of an edit in the order of time, those of the server's clock on the browser's", () => {
  const write = only(edit);
  expect(timesOf(write)).toEqual([
    ["queued", 0],
    ["sent", 2],
    ["shown", 8],
    ["committed", 9],
    ["answered", 11],
    ["streamed", undefined],
    ["served", 12],
    ["arrived", 14],
    ["confirmed", 15],
  ]);
  expect(write.moments.find(({ name }) => name === "committed")?.error).toBe(2);
  expect(write).toMatchObject({ own: true, txid: 71, lsn: "29", attempts: 1, station: "collection" });
  expect(durationOf(write)).toBe(15);
});

test("an edit stands where it has come to", () => {
  const stations = edit.map((_, index) => only(edit.slice(0, index + 1)).station);
  expect(stations).toEqual(["outbox", "trpc", "trpc", "postgres", "line", "collection"]);
});

test("an edit whose answer is lost is in the outbox again, and is counted once when it is sent again", () => {
  const [queued, sent] = edit as [SyncEvent, SyncEvent];
  const lost: SyncEvent[] = [queued, sent, { kind: "lost", at: 6, id: "a" }];
  expect(only(lost)).toMatchObject({ station: "outbox", attempts: 1 });
  const arrived = edit.slice(4);
  const again: SyncEvent[] = [
    ...lost,
    ...arrived,
    { kind: "sent", at: 500, id: "a" },
    { kind: "answered", at: 510, id: "a", txid: 71, server: undefined },
  ];
  const write = only(again);
  expect(write).toMatchObject({ attempts: 2, station: "collection" });
  // The change came before the answer, so the commit was no later than the change.
  expect(write.moments.find(({ name }) => name === "committed")?.at).toBe(14);
});

test("a refused edit says why and stays in the outbox", () => {
  const refused: SyncEvent[] = [
    ...edit.slice(0, 2),
    { kind: "refused", at: 9, id: "a", message: "Too long." },
  ];
  expect(only(refused)).toMatchObject({ station: "outbox", refusal: "Too long.", txid: undefined });
});

test("a transaction that no edit of this tab made came from elsewhere", () => {
  const elsewhere: SyncEvent[] = [
    { kind: "arrived", at: 20, shape: "users", txid: 80, lsn: undefined, servedAt: undefined },
    { kind: "confirmed", at: 21, txid: 80 },
  ];
  expect(only(elsewhere)).toMatchObject({ own: false, what: "users", txid: 80, station: "collection" });
  expect(timelinesOf([...edit, ...elsewhere]).writes.map(({ txid }) => txid)).toEqual([80, 71]);
});

test("a change that arrives before its answer is not taken for one from elsewhere", () => {
  const early = [...edit.slice(0, 3), ...edit.slice(4)];
  expect(only(early)).toMatchObject({ own: true, station: "trpc" });
});

test("counts what other tabs saw once for each tab, and towards their transaction alone", () => {
  const seen: SyncEvent[] = [
    { kind: "seen", at: 17, tab: "two", txid: 71 },
    { kind: "seen", at: 18, tab: "two", txid: 99 },
    { kind: "seen", at: 19, tab: "two", txid: 71 },
    { kind: "seen", at: 20, tab: "three", txid: 71 },
  ];
  expect(only([...edit, ...seen]).sightings).toEqual([
    { tab: "two", at: 17 },
    { tab: "three", at: 20 },
  ]);
});

test("takes the clock from the quickest request", () => {
  const slow: SyncEvent[] = [
    { kind: "queued", at: 100, id: "b", what: "users: name" },
    { kind: "sent", at: 100, id: "b" },
    {
      kind: "answered",
      at: 180,
      id: "b",
      txid: 72,
      server: { received: 170 + ahead, answered: 175 + ahead },
    },
  ];
  expect(timelinesOf([...edit, ...slow]).clock).toEqual({ offset: ahead, error: 2 });
});
