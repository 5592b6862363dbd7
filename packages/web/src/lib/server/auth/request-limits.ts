import "@tanstack/react-start/server-only";
import type { BetterAuthRateLimitStorage } from "better-auth";
import { takeAttempt } from "~/lib/server/load/buckets";
import { networksOf } from "~/lib/server/load/networks";

/**
 * Counts requests to better-auth's routes, in place of better-auth's own storage. That storage forgets its counter only
 * after a pause of a whole window, so that a steady client would be refused for ever.
 */
export const requestLimits: BetterAuthRateLimitStorage = {
  /** @param key the client's address and the path, with `|` between them */
  async consume(key, { window, max }) {
    const [address = "", path = ""] = key.split("|");
    const retryAfter = await takeAttempt(
      networksOf(address).map(({ name, size }) => ({
        key: `${name}|${path}`,
        attempts: max * size,
        comesBack: Math.ceil((window * 1000) / (max * size)),
      })),
    );
    return { allowed: retryAfter === undefined, retryAfter: retryAfter ?? null };
  },
};
