import { timingSafeEqual } from "node:crypto";
import type { Query } from "./query.ts";

/** True when the request carries the secret. The comparison takes as long for a wrong secret as for the right one. */
export function carriesSecret(query: Query, secret: string | null): boolean {
  if (secret === null) return true;
  const given = query.secret ?? query.api_secret;
  if (typeof given !== "string") return false;
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
