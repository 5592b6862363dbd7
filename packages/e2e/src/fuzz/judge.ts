import type { Answer } from "./send.ts";

/** The security headers of every answer. */
const demanded: Readonly<Record<string, RegExp>> = {
  "content-security-policy": /frame-ancestors 'none'/,
  "referrer-policy": /^same-origin$/,
  "strict-transport-security": /^max-age=\d{8}/,
  "x-content-type-options": /^nosniff$/,
};

/**
 * Says what is wrong with an answer to whatever request.
 *
 * @param canaries texts that no answer may hold, by what they are
 * @returns undefined when nothing is wrong
 */
export function faultOf(
  { status, headers, body }: Answer,
  canaries: Readonly<Record<string, string>>,
): string | undefined {
  if (status === undefined) return "the connection was closed without an answer";
  if (status >= 500) return `status ${status}: ${body.slice(0, 200)}`;
  const missing = Object.entries(demanded).find(([name, form]) => !form.test(String(headers[name] ?? "")));
  if (missing) return `status ${status} without a good ${missing[0]}: ${JSON.stringify(headers[missing[0]])}`;
  // Any cache may keep a file of the build, which has the time of the build.
  if (headers["last-modified"] === undefined && headers["cache-control"] === undefined)
    return `status ${status} without cache-control`;
  const whole = JSON.stringify(headers) + body;
  const leaked = Object.entries(canaries).find(([, text]) => whole.includes(text));
  return leaked && `status ${status} tells ${leaked[0]}`;
}
