import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { openApp } from "../app";
import { mailsTo, mailTo, tokenIn } from "../mails";
import { authClient } from "./auth-client";

// Mail where an account cannot be used before its address is confirmed.

let app: Awaited<ReturnType<typeof openApp>>;
let client: ReturnType<typeof authClient>;

beforeAll(async () => {
  for (const level of ["info", "warn", "error"] as const)
    vi.spyOn(console, level).mockImplementation(() => {});
  const mail = { url: inject("smtpUrl"), from: "app@example.com", verification: "required" } as const;
  app = await openApp("http://127.0.0.1:1", undefined, { mail });
  const { serveAuth } = await import("~/lib/server/auth/auth-handler");
  client = authClient(app.origin, serveAuth);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  vi.restoreAllMocks();
});

test("a sign-up gives no session, and a sign-in only once the address is confirmed", async () => {
  const ada = client.person();
  const signedUp = await client.post("/sign-up/email", ada);
  expect(signedUp.status).toBe(200);
  expect(signedUp.headers.getSetCookie()).toEqual([]);
  const early = await client.post("/sign-in/email", ada);
  expect([early.status, (await early.json()).code]).toEqual([403, "EMAIL_NOT_VERIFIED"]);
  // The sign-in has sent the mail again.
  await expect.poll(async () => (await mailsTo(ada.email)).length).toBe(2);
  await client.verify(tokenIn(await mailTo(ada.email, "Confirm your e-mail address")));
  expect((await client.post("/sign-in/email", ada)).status).toBe(200);
});

test("a sign-up with a taken address gets the same answer, and the owner gets a mail", async () => {
  const ada = client.person();
  const bob = client.person();
  const shapeOf = async (answer: Response) => {
    const { user, ...rest } = await answer.json();
    return {
      status: answer.status,
      headers: [...answer.headers.keys()],
      rest,
      user: Object.keys(user).sort(),
    };
  };
  const first = await shapeOf(await client.post("/sign-up/email", ada));
  const taken = await shapeOf(await client.post("/sign-up/email", { ...ada, password: "of a stranger" }));
  expect(taken).toEqual(first);
  expect(await shapeOf(await client.post("/sign-up/email", bob))).toEqual(first);
  const mail = await mailTo(ada.email, "You already have an account");
  expect(mail.text).toContain(`${app.origin}/sign-in`);
  const { rows } = await app.sql.query('select 1 from "user" where email = $1', [ada.email]);
  expect(rows).toHaveLength(1);
});
