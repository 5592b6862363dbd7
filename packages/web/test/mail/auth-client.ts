import { addressHeader } from "~/lib/server/http/client-address";

let people = 0;

/** Calls better-auth's routes as browsers do, each call from another network. */
export function authClient(origin: string, handle: (context: { request: Request }) => Promise<Response>) {
  const from = () => `10.9.${++people >> 8}.${people & 255}`;
  return {
    post: (path: string, body: object, headers: Record<string, string> = {}) =>
      handle({
        request: new Request(`${origin}/api/auth${path}`, {
          method: "POST",
          headers: { "content-type": "application/json", origin, [addressHeader]: from(), ...headers },
          body: JSON.stringify(body),
        }),
      }),
    verify: (token: string, headers: Record<string, string> = {}) =>
      handle({
        request: new Request(`${origin}/api/auth/verify-email?token=${token}`, {
          headers: { [addressHeader]: from(), ...headers },
        }),
      }),
    person: (password = "correct horse") => ({
      name: "Ada",
      email: `p${++people}-${crypto.randomUUID()}@example.com`,
      password,
    }),
  };
}

/** The `cookie` header that a browser sends after an answer. */
export function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0])
    .join("; ");
}
