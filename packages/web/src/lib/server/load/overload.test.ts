import { expect, onTestFinished, test, vi } from "vitest";
import { promptRefusals } from "~/lib/server/limits";
import { Overload, refuseOverload } from "~/lib/server/load/overload";

const asked = { url: "http://localhost/api/users" };

/** Refuses once, and tells whether the refusal went out at once. */
async function isPrompt(): Promise<boolean> {
  const refused = refuseOverload(asked, new Overload("shapes", "client")).then(() => true);
  return Promise.race([refused, new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

test("a clock that is set back by an hour holds back no refusal, and a flood of refusals is held back", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  vi.setSystemTime(Date.now() + 3_600_000);
  expect(await isPrompt()).toBe(true);
  vi.setSystemTime(Date.now() - 3_600_000);
  expect(await isPrompt()).toBe(true);

  const flood = Array.from({ length: 2 * promptRefusals.attempts }, isPrompt);
  expect(await Promise.all(flood)).toContain(false);
});
