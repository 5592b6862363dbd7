import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { FairQueue } from "./fair-queue";
import { Overload } from "./overload";

/** Lets a test end acts by hand, and records the order in which they began. */
function acts(queue: FairQueue) {
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const ended: Promise<unknown>[] = [];
  return {
    began,
    add(lane: string, name = lane) {
      const outcome = queue.run(lane, () => {
        began.push(name);
        return new Promise<void>((end) => ends.push(end));
      });
      ended.push(outcome.catch(() => {}));
      return outcome;
    },
    /** Ends the act that began first, and lets the next one begin. */
    async endOne() {
      ends.shift()?.();
      await setImmediate();
    },
  };
}

const bounds = { atOnce: 1, atOncePerLane: 1, waitingPerLane: 100, waitingLanes: 100 };

test("an act of another lane waits for one act of a long lane, and not for all", async () => {
  const { add, endOne, began } = acts(new FairQueue("writes", bounds));
  for (let n = 1; n <= 50; n++) void add("eve", `eve ${n}`);
  void add("ada");
  void add("bob");
  await setImmediate();
  for (let n = 0; n < 4; n++) await endOne();
  expect(began).toEqual(["eve 1", "eve 2", "ada", "bob", "eve 3"]);
});

test("one lane never takes all places", async () => {
  const { add, began } = acts(new FairQueue("writes", { ...bounds, atOnce: 3, atOncePerLane: 2 }));
  for (let n = 1; n <= 9; n++) void add("eve", `eve ${n}`);
  void add("ada");
  await setImmediate();
  expect(began).toEqual(["eve 1", "eve 2", "ada"]);
});

test("a lane goes one at a time for as long as many of its acts wait", async () => {
  const { add, endOne, began } = acts(
    new FairQueue("shapes", { ...bounds, atOnce: 9, atOncePerLane: 3, long: 2 }),
  );
  for (let n = 1; n <= 8; n++) void add("eve", `eve ${n}`);
  for (let n = 1; n <= 4; n++) void add("ada", `ada ${n}`);
  await setImmediate();
  // What runs already goes on.
  expect(began).toEqual(["eve 1", "eve 2", "eve 3", "ada 1", "ada 2", "ada 3"]);
  const then: string[][] = [];
  for (let n = 0; n < 9; n++) {
    const before = began.length;
    await endOne();
    then.push(began.slice(before));
  }
  expect(then).toEqual([[], [], ["eve 4"], ["ada 4"], [], [], ["eve 5"], [], ["eve 6", "eve 7", "eve 8"]]);
});

test("refuses the one act too many of a lane as the client's own, at once, and takes others", async () => {
  const { add, endOne, began } = acts(new FairQueue("writes", { ...bounds, waitingPerLane: 2 }));
  for (let n = 1; n <= 3; n++) void add("eve");
  await expect(add("eve")).rejects.toMatchObject({ name: "Overload", limited: "writes", of: "client" });
  void add("ada");
  await setImmediate();
  await endOne();
  await endOne();
  expect(began).toContain("ada");
});

test("refuses the lane too many as everybody's", async () => {
  const { add } = acts(new FairQueue("hashing", { ...bounds, waitingLanes: 2 }));
  for (const lane of ["runs", "waits", "waits too"]) void add(lane);
  await expect(add("late")).rejects.toMatchObject({ of: "everybody" });
  await expect(add("late")).rejects.toThrow(Overload);
});

test("goes on after an act that fails, and is empty in the end", async () => {
  const queue = new FairQueue("writes", { ...bounds, waitingPerLane: 1, waitingLanes: 1 });
  for (let n = 0; n < 3; n++) {
    const failing = queue.run("ada", () => Promise.reject(new Error("failed")));
    const next = queue.run("bob", async () => "done");
    await expect(failing).rejects.toThrow("failed");
    await expect(next).resolves.toBe("done");
  }
});
