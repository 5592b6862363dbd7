import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { batches } from "./batches.ts";

async function* each<T>(values: Iterable<T>): AsyncGenerator<T> {
  for (const value of values) {
    await turn();
    yield value;
  }
}

test("the batches are the text, however the text was cut, and no batch ends within a character", async () => {
  const cut = fc.array(fc.string({ unit: "binary" })).map((texts) => texts.join("").split(/(?=.)/s));
  await fc.assert(
    fc.asyncProperty(cut, async (units) => {
      // Split between the two units of a character, too.
      const pieces = units.flatMap((unit) => unit.split(""));
      const made: string[] = [];
      for await (const batch of batches(each(pieces), 0)) made.push(batch);
      expect(made.join("")).toBe(units.join(""));
      expect(made.every((one) => one !== "" && one.isWellFormed())).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test("the first piece comes at once, and the following ones together after the interval", async () => {
  const interval = 60;
  const began: number[] = [];
  const made: string[] = [];
  for await (const batch of batches(each("abcdef"), interval)) {
    began.push(performance.now());
    made.push(batch);
  }
  expect(made).toEqual(["a", "bcdef"]);
});

test("pieces that come slower than the interval are passed on one by one", async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  async function* slow() {
    yield "one";
    await gates[0]?.promise;
    yield "two";
    await gates[1]?.promise;
    yield "three";
  }
  const made: string[] = [];
  for await (const batch of batches(slow(), 1)) {
    made.push(batch);
    gates[made.length - 1]?.resolve();
  }
  expect(made).toEqual(["one", "two", "three"]);
});

test("an error of the source comes after the text before the error", async () => {
  async function* failing() {
    yield* each("ab");
    throw new Error("the model went away");
  }
  const made: string[] = [];
  await expect(async () => {
    for await (const batch of batches(failing(), 1_000)) made.push(batch);
  }).rejects.toThrow("the model went away");
  expect(made).toEqual(["a", "b"]);
});

test("an error that comes while the consumer handles a batch waits for the consumer", async () => {
  const gone = Promise.withResolvers<never>();
  const source = {
    next: vi.fn<() => Promise<IteratorResult<string>>>(),
    [Symbol.asyncIterator]: () => source,
  };
  source.next.mockImplementationOnce(async () => ({ done: false, value: "a" }));
  source.next.mockImplementationOnce(() => gone.promise);
  const reading = batches(source, 1);
  expect(await reading.next()).toEqual({ done: false, value: "a" });
  gone.reject(new Error("the model went away"));
  // Node reports a rejection that nobody handles after this turn.
  await turn();
  await expect(reading.next()).rejects.toThrow("the model went away");
});

test("a consumer that stops also stops the source", async () => {
  let stopped = false;
  async function* endless() {
    try {
      for (;;) yield* each("x");
    } finally {
      stopped = true;
    }
  }
  for await (const _ of batches(endless(), 1)) break;
  await expect.poll(() => stopped).toBe(true);
});
