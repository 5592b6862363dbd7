import { expect, test, vi } from "vitest";
import { keepRunning } from "./service.ts";

/** A part that a test can end. */
function part() {
  const { promise: exited, resolve: end } = Promise.withResolvers<void>();
  return { exited, end, stop: async () => end() };
}

function kept(start: () => Promise<ReturnType<typeof part>>) {
  const onRestart = vi.fn();
  const onFailure = vi.fn();
  return { onRestart, onFailure, service: keepRunning({ start, onRestart, onFailure }) };
}

test("a part that ends by itself is started again", async () => {
  const parts: ReturnType<typeof part>[] = [];
  const { service, onRestart } = kept(async () => {
    parts.push(part());
    return parts.at(-1) ?? part();
  });
  await service.start();
  parts[0]?.end();
  await vi.waitFor(() => expect(parts.length).toBe(2), { timeout: 30_000 });
  expect(onRestart).toHaveBeenCalledOnce();
  expect(await service.start()).toBe(parts[1]);
});

test("a part that is stopped stays down until it is started", async () => {
  let starts = 0;
  const { service, onRestart } = kept(async () => {
    starts += 1;
    return part();
  });
  const first = await service.start();
  await service.stop();
  await first.exited;
  expect(starts).toBe(1);
  await service.start();
  expect(starts).toBe(2);
  expect(onRestart).not.toHaveBeenCalled();
});

test("a stop during a restart wins", async () => {
  let starts = 0;
  const { service } = kept(async () => {
    starts += 1;
    return part();
  });
  const first = await service.start();
  first.end();
  await first.exited;
  await service.stop();
  expect(starts).toBe(1);
});

test("a first start that fails rejects and is not repeated", async () => {
  const { service, onFailure } = kept(async () => {
    throw new Error("no");
  });
  await expect(service.start()).rejects.toThrow("no");
  expect(onFailure).not.toHaveBeenCalled();
});

test("a part that cannot be started again is reported once as a failure", async () => {
  let works = true;
  const { service, onFailure } = kept(async () => {
    if (!works) throw new Error("gone for good");
    return part();
  });
  const first = await service.start();
  works = false;
  first.end();
  await vi.waitFor(() => expect(onFailure).toHaveBeenCalledOnce(), { timeout: 30_000 });
  expect(onFailure).toHaveBeenCalledWith(expect.objectContaining({ message: "gone for good" }));
});
