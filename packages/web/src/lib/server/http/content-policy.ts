/** Another site's page must not show ours under its own buttons, and nothing may change what our addresses mean. */
const always = ["frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'", "form-action 'self'"];

/**
 * The Content-Security-Policy of an answer: a page runs the scripts that this server wrote or serves, and no others,
 * whatever somebody manages to write into it.
 *
 * @param nonce marks the inline scripts of the page. Absent for what is no page
 */
export function contentPolicy(nonce?: string): string {
  if (nonce === undefined) return ["default-src 'none'", ...always].join("; ");
  // Vite's own scripts, in development, carry no nonce.
  if (import.meta.env.DEV) return always.join("; ");
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self' 'unsafe-inline'",
    // A profile's picture may be anywhere.
    "img-src 'self' data: http: https:",
    ...always,
  ].join("; ");
}
