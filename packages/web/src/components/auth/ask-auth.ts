import type { AuthFailure } from "./auth-message";

/** better-auth's answer: the data, or why there are none. */
export type Answered<Data> = { data: Data; error: null } | { data: null; error: AuthFailure };

/**
 * Asks one of better-auth's endpoints. The client of better-auth keeps a state of the session too, which the app does not
 * use, and is 11 KB of code, which the page for signing in would have to load.
 *
 * @param path below `/api/auth`
 * @throws TypeError when the server does not answer
 */
export async function askAuth<Data = unknown>(
  method: "GET" | "POST",
  path: string,
  body?: object,
): Promise<Answered<Data>> {
  const answer = await fetch(`/api/auth${path}`, {
    method,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const answered = await answer.json().catch(() => ({}));
  if (answer.ok) return { data: answered, error: null };
  return { data: null, error: { ...answered, status: answer.status } };
}
