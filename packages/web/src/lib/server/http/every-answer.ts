/** The headers that every answer carries, whoever makes the answer. */
export const everyAnswer = {
  // Another site must not learn which page leads to it.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  // Browsers follow the header on HTTPS alone. `docs/deploying.md` says how to have the domain preloaded.
  "strict-transport-security": "max-age=63072000; includeSubDomains",
};

/** The Content-Security-Policy of an answer that is no page. */
export const noPagePolicy =
  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'";

/** The headers of an answer that neither a route nor the framework makes, such as the refusal of a malformed path. */
export const bareAnswer = {
  ...everyAnswer,
  "content-security-policy": noPagePolicy,
  "cache-control": "private, no-store",
};
