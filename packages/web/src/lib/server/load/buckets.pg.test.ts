import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { type App, openApp } from "../../../../test/app";
import { seen } from "../../../../test/seen";
import type { Bucket } from "./buckets";

let app: App;
let buckets: typeof import("./buckets");
let sharedUse: typeof import("./shared-use");

beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1");
  buckets = await import("./buckets");
  sharedUse = await import("./shared-use");
});
afterAll(() => app[Symbol.asyncDispose]());

const hour = 3_600_000;
const bucket = (key: string, attempts = 3): Bucket => ({ key, attempts, comesBack: hour });

test("a bucket gives its attempts, also when all ask at once, and then says when to ask again", async () => {
  const asked = await Promise.all(Array.from({ length: 9 }, () => buckets.takeAttempt([bucket("a")])));
  expect(asked.filter((wait) => wait === undefined)).toHaveLength(3);
  expect(asked.filter((wait) => wait === 3600)).toHaveLength(6);
});

test("an attempt comes back with time, one after the other", async () => {
  for (let n = 0; n < 3; n++) await buckets.takeAttempt([bucket("b")]);
  await app.sql.query("update rate_limit set last_request = last_request - $1 where key = 'b'", [hour]);
  expect(await buckets.takeAttempt([bucket("b")])).toBeUndefined();
  expect(await buckets.takeAttempt([bucket("b")])).toBe(3600);
});

test("an attempt that one bucket refuses takes nothing out of the others", async () => {
  for (let n = 0; n < 3; n++) await buckets.takeAttempt([bucket("c")]);
  for (let n = 0; n < 5; n++) expect(await buckets.takeAttempt([bucket("c"), bucket("d")])).toBe(3600);
  for (let n = 0; n < 3; n++) expect(await buckets.takeAttempt([bucket("d")])).toBeUndefined();
});

test("an attempt that is given back can be taken again", async () => {
  for (let n = 0; n < 20; n++) {
    expect(await buckets.takeAttempt([bucket("e")])).toBeUndefined();
    await buckets.giveBack([bucket("e")]);
  }
});

test("processes learn from each other what a busy user has used, without a statement for a request", async () => {
  const bounds = { attempts: 100, comesBack: hour };
  const [one, two] = [0, 1].map(() => new sharedUse.SharedUse("writes", bounds));
  for (let n = 0; n < 60; n++) one?.count("eve");
  const { rows: before } = await app.sql.query("select 1 from rate_limit where key = 'writes:eve'");
  expect(before).toEqual([]);
  await one?.tell();
  for (let n = 0; n < 20; n++) two?.count("eve");
  await two?.tell();
  let more = 0;
  expect(() => {
    for (; more < 100; more++) two?.count("eve");
  }).toThrow(expect.objectContaining({ of: "client", limited: "writes" }));
  expect(more).toBe(20);
  two?.count("ada");
});

test("a clock that is set back by an hour refuses nobody for an hour", async () => {
  const use = new sharedUse.SharedUse("writes", { attempts: 100, comesBack: 1_000 });
  const one = bucket("f", 1);
  use.count("bob");
  await buckets.takeAttempt([one]);
  expect(await buckets.takeAttempt([one])).toBe(3600);
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - hour });
  expect(() => use.count("bob")).not.toThrow();
  await app.sql.query("update rate_limit set last_request = last_request - $1 where key = 'f'", [hour]);
  // The process remembers for a second that the bucket was empty.
  await seen(async () => expect(await buckets.takeAttempt([one])).toBeUndefined());
});
