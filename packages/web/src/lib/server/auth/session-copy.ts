import "@tanstack/react-start/server-only";
import { parseCookies } from "better-auth/cookies";
import { z } from "zod";
import { sessionCacheSeconds } from "~/lib/server/limits";

const copy = z.object({ expiresAt: z.number() });

/**
 * Computes when the database last confirmed the session that better-auth has found by the cookies.
 *
 * better-auth believes a signed copy of the session until the copy expires, and otherwise asks the database. The copy
 * expires {@link sessionCacheSeconds} after it was made. A copy that cannot be read counts as very old.
 *
 * @param askedAt when better-auth began to look, in milliseconds since the epoch
 * @returns milliseconds since the epoch
 */
export function provenAt(cookies: string, askedAt: number): number {
  const copies = [...parseCookies(cookies)].filter(([name]) => name.includes(".session_data"));
  return Math.min(askedAt, ...copies.map(([, value]) => madeAt(value, askedAt)));
}

function madeAt(value: string, askedAt: number): number {
  try {
    const { expiresAt } = copy.parse(JSON.parse(Buffer.from(value, "base64url").toString()));
    // better-auth has not believed a copy that had expired.
    return expiresAt < askedAt ? askedAt : expiresAt - sessionCacheSeconds * 1000;
  } catch {
    return 0;
  }
}
