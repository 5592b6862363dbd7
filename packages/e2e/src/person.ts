import { randomUUID } from "node:crypto";
import type { Browser, BrowserContext } from "@playwright/test";
import type { App } from "@tracer/local/app";
import { fetchFrom, randomAddress } from "./from-address.ts";

/** Signs a new person up without a browser. Gives the person, with the headers that a browser would send. */
export async function signUpAt({ url }: Pick<App, "url">) {
  const answer = await fetchFrom(`${url}/api/auth/sign-up/email`, {
    method: "POST",
    from: randomAddress(),
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ name: "Ada", email: `${randomUUID()}@example.com`, password: "correct horse" }),
  });
  if (!answer.ok) throw new Error(`Signing up got ${answer.status}: ${await answer.text()}`);
  const { user }: { user: { id: string; name: string; email: string } } = await answer.json();
  const cookie = answer.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
  return { ...user, headers: { cookie: cookie.join("; "), origin: url } };
}

export type Person = Awaited<ReturnType<typeof signUpAt>>;

/** Opens a browser with the session of a person. */
export async function contextOf(browser: Browser, url: string, person: Person): Promise<BrowserContext> {
  // Nobody has signed the certificate of the stand-in for CloudFront.
  const context = await browser.newContext({ baseURL: url, ignoreHTTPSErrors: true });
  await context.addCookies(cookiesOf(url, person));
  return context;
}

/** Gives the cookies of a person's session as a browser takes them. */
export function cookiesOf(url: string, { headers }: Person): { name: string; value: string; url: string }[] {
  return headers.cookie.split("; ").map((cookie) => {
    const end = cookie.indexOf("=");
    return { name: cookie.slice(0, end), value: cookie.slice(end + 1), url };
  });
}
