import "@tanstack/react-start/server-only";
import { parseCookies } from "better-auth/cookies";
import { z } from "zod";
import { sessionCacheSeconds } from "~/lib/server/limits";

const copy = z.object({ expiresAt: z.number() });

/**
 * Computes how long ago the database last confirmed the session that better-auth has found by the cookies.
 *
 * better-auth believes a signed copy of the session until the copy expires, and otherwise asks the database. The copy
 * expires {@link sessionCacheSeconds} after it was made. A copy that cannot be read, or that was made in the future by this
 * machine's clock, says nothing: the clock was set back, and better-auth would believe the copy for as long.
 *
 * @param askedAt when better-auth began to look, in milliseconds since the epoch
 * @returns milliseconds, or undefined when the database has to be asked
 */
export function ageOfProof(cookies: string, askedAt: number): number | undefined {
  const copies = [...parseCookies(cookies)].filter(([name]) => name.includes(".session_data"));
  const ages = copies.map(([, value]) => ageOf(value, askedAt));
  return ages.some((age) => age === undefined || age < 0) ? undefined : Math.max(0, ...ages.map(Number));
}

function ageOf(value: string, askedAt: number): number | undefined {
  try {
    const { expiresAt } = copy.parse(JSON.parse(Buffer.from(value, "base64url").toString()));
    // better-auth has not believed a copy that had expired.
    return expiresAt < askedAt ? 0 : askedAt - (expiresAt - sessionCacheSeconds * 1000);
  } catch {
    return undefined;
  }
}
