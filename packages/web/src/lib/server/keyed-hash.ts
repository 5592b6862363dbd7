import { createHmac } from "node:crypto";

/**
 * Hashes a text with the secret of the app, so that the hash tells nothing of the text to whoever lacks the secret.
 *
 * @returns 22 characters of base64url, which hold 132 bits
 */
export function keyedHash(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url").slice(0, 22);
}
