import { afterAll, beforeAll, expect, vi } from "vitest";
import { addressHeader } from "~/lib/server/http/client-address";
import { type App, openApp } from "./app";

let count = 0;

/** An address that no other test uses. */
export const newAddress = () => `10.20.${++count >> 8}.${count & 255}`;

export const password = "correct horse";

/** Opens the app for the tests of a file, with the requests of people who sign in and of strangers who guess. */
export function guessing() {
  // Each attempt hashes a password.
  vi.setConfig({ testTimeout: 90_000 });
  let app: App;
  let handle: (context: { request: Request }) => Promise<Response>;
  beforeAll(async () => {
    app = await openApp("http://127.0.0.1:1");
    ({ serveAuth: handle } = await import("~/lib/server/auth/auth-handler"));
    vi.spyOn(console, "warn").mockImplementation(() => {});
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const post = (path: string, body: object, headers: Record<string, string>) =>
    handle({
      request: new Request(`${app.origin}/api/auth${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: app.origin, ...headers },
        body: JSON.stringify(body),
      }),
    });

  /** Signs in, or tries to, from an address, in a browser with these cookies. */
  const signIn = (email: string, tried: string, address: string, cookie = "") =>
    post("/sign-in/email", { email, password: tried }, { [addressHeader]: address, cookie });

  /** Signs a person up from an address, and gives the cookie by which their browser is known. */
  async function personAt(address: string) {
    const email = `guarded${++count}@example.com`;
    const sent = { name: "Ada", email, password };
    const answer = await post("/sign-up/email", sent, { [addressHeader]: address });
    expect(answer.status).toBe(200);
    const device = cookiesOf(answer).find((cookie) => cookie.includes("device=")) ?? "";
    return { email, device, session: cookiesOf(answer).join("; ") };
  }

  /** Guesses from so many addresses, so often from each. Returns the statuses. */
  async function guess(email: string, addresses: number, each: number): Promise<number[]> {
    const statuses: number[] = [];
    for (let n = 0; n < addresses; n++) {
      const address = newAddress();
      for (let again = 0; again < each; again++)
        statuses.push((await signIn(email, "wrong", address)).status);
    }
    return statuses;
  }

  return { post, signIn, personAt, guess };
}

const cookiesOf = (answer: Response) =>
  answer.headers.getSetCookie().map((line) => line.split(";", 1)[0] ?? "");
