/** A signed copy of a session, or a part of one, that is not base64url. better-auth writes no other form. */
const unreadableCopy = /(?:^|; ?)[\w.-]+\.session_data(?:\.\d+)?=(?![\w.-]*(?:;|$))[^;]*/g;

/**
 * Leaves out the signed copies of a session that nobody could have signed. better-auth fails at such a copy, where an
 * unsigned copy only makes better-auth ask the database.
 *
 * @param cookies the header `cookie`
 */
export function readableCookies(cookies: string): string {
  return cookies.replace(unreadableCopy, "");
}
