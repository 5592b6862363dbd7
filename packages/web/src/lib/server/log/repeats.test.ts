import { expect, test } from "vitest";
import { repeats } from "~/lib/server/log/repeats";

test("logs the first event of each kind, and then how many followed", async () => {
  const written: [string, number | undefined][] = [];
  const counted = Promise.withResolvers<void>();
  const count = repeats(20);
  const happen = (kind: string) =>
    count(kind, (repeated) => {
      written.push([kind, repeated]);
      if (repeated !== undefined) counted.resolve();
    });
  for (let n = 0; n < 100; n++) happen("database");
  happen("electric");
  expect(written).toEqual([
    ["database", undefined],
    ["electric", undefined],
  ]);
  // The timer does not keep the process alive, so something else has to.
  const alive = setInterval(() => {}, 1_000);
  await counted.promise;
  clearInterval(alive);
  expect(written.slice(2)).toEqual([["database", 99]]);
  happen("database");
  expect(written.slice(3)).toEqual([["database", undefined]]);
});
