import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pause } from "./pause";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a pause ends after its time", async () => {
  const ended = vi.fn();
  void pause(1_000, new AbortController().signal).then(ended);
  await vi.advanceTimersByTimeAsync(999);
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(ended).toHaveBeenCalled();
});

test("a pause ends early when the signal aborts, and leaves no timer", async () => {
  const abort = new AbortController();
  const pausing = pause(1_000, abort.signal);
  abort.abort();
  await pausing;
  expect(vi.getTimerCount()).toBe(0);
});

test("a pause ends at once when the signal has aborted already", async () => {
  await pause(1_000, AbortSignal.abort());
  expect(vi.getTimerCount()).toBe(0);
});
