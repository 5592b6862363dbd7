import { noPagePolicy } from "~/lib/server/http/every-answer";

/** No other site may frame a page. Nothing on a page may change the base of its URLs, load plugins or post elsewhere. */
const always = ["frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'", "form-action 'self'"];

/**
 * Pictures come from the app alone, so that no other site learns who looks at a picture. A picture that is about to be
 * uploaded is a blob.
 */
const images = "img-src 'self' blob:";

/**
 * Gives the Content-Security-Policy of an answer. A page runs the scripts that this server wrote or serves, and no
 * script that somebody else has managed to write into the page.
 *
 * @param nonce marks the inline scripts of the page. Absent when the answer is no page
 */
export function contentPolicy(nonce?: string): string {
  if (nonce === undefined) return noPagePolicy;
  // In development Vite adds scripts without a nonce.
  if (import.meta.env.DEV) return [images, ...always].join("; ");
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self' 'unsafe-inline'",
    images,
    ...always,
  ].join("; ");
}
