import { vi } from "vitest";

/**
 * Waits until a check holds. The limit is for tests that hang: `vi.waitFor` alone gives up after a second, which a busy
 * machine may take for any step.
 *
 * @param check throws as long as it does not hold
 */
export const seen = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 30_000, interval: 20 });
