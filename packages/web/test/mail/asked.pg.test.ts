import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { addressHeader } from "~/lib/server/http/client-address";
import { openApp } from "../app";
import { mailsTo, mailTo, tokenIn } from "../mails";
import { authClient, cookiesOf } from "./auth-client";

// Mail where an account can be used before its address is confirmed.

let app: Awaited<ReturnType<typeof openApp>>;
let client: ReturnType<typeof authClient>;

beforeAll(async () => {
  for (const level of ["info", "warn", "error"] as const)
    vi.spyOn(console, level).mockImplementation(() => {});
  const mail = {
    url: inject("smtpUrl"),
    from: "Tracer <app@example.com>",
    verification: "asked",
  } as const;
  app = await openApp("http://127.0.0.1:1", undefined, { mail });
  const { serveAuth } = await import("~/lib/server/auth/auth-handler");
  client = authClient(app.origin, serveAuth);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  vi.restoreAllMocks();
});

async function signedUp() {
  const person = client.person();
  const answer = await client.post("/sign-up/email", person);
  expect(answer.status).toBe(200);
  return { ...person, headers: { cookie: cookiesOf(answer) } };
}

const rowOf = async (email: string) =>
  (await app.sql.query('select id, email, email_verified from "user" where email = $1', [email])).rows[0];

const sessionsOf = async (email: string) =>
  (
    await app.sql.query(
      'select count(*)::int from session join "user" on "user".id = user_id where email = $1',
      [email],
    )
  ).rows[0].count;

test("a sign-up gives a session at once and sends a link, which confirms the address", async () => {
  const ada = await signedUp();
  expect(await sessionsOf(ada.email)).toBe(1);
  expect(await rowOf(ada.email)).toMatchObject({ email_verified: false });
  const mail = await mailTo(ada.email, "Confirm your e-mail address");
  expect(mail.text).toContain(`${app.origin}/confirm-address#`);
  expect((await client.verify(tokenIn(mail))).status).toBe(200);
  expect(await rowOf(ada.email)).toMatchObject({ email_verified: true });
});

test("the mail is sent again to the signed-in person, and to nobody else's address", async () => {
  const [ada, bob] = [await signedUp(), await signedUp()];
  const again = (email: string) => client.post("/send-verification-email", { email }, ada.headers);
  expect((await again(ada.email)).status).toBe(200);
  await expect.poll(async () => (await mailsTo(ada.email)).length).toBe(2);
  expect((await again(bob.email)).status).toBe(400);
  expect(await mailsTo(bob.email)).toHaveLength(1);
});

test("a forgotten password is replaced once with the token from the mail, and every session ends", async () => {
  const ada = await signedUp();
  expect((await client.post("/request-password-reset", { email: ada.email })).status).toBe(200);
  const mail = await mailTo(ada.email, "Choose a new password");
  expect(mail.text).toContain(`${app.origin}/reset-password#`);
  const token = tokenIn(mail);
  const { rows } = await app.sql.query("select identifier from verification");
  expect(JSON.stringify(rows)).not.toContain(token);

  const reset = () => client.post("/reset-password", { token, newPassword: "another horse" });
  expect((await reset()).status).toBe(200);
  expect(await sessionsOf(ada.email)).toBe(0);
  expect((await reset()).status).toBe(400);
  const signIn = (password: string) => client.post("/sign-in/email", { email: ada.email, password });
  expect((await signIn(ada.password)).status).toBe(401);
  expect((await signIn("another horse")).status).toBe(200);
  await mailTo(ada.email, "Your password was changed");
  // Whoever has opened the link reads the mails of the address.
  expect(await rowOf(ada.email)).toMatchObject({ email_verified: true });
});

test("a new password ends the other links for a new password, and so does an hour", async () => {
  const ada = await signedUp();
  const tokens: string[] = [];
  for (const count of [1, 2]) {
    await client.post("/request-password-reset", { email: ada.email });
    const resets = async () =>
      (await mailsTo(ada.email)).filter(({ subject }) => subject === "Choose a new password");
    await expect.poll(async () => (await resets()).length).toBe(count);
    tokens.push(...(await resets()).slice(0, 1).map(tokenIn));
  }
  const reset = (token = "") => client.post("/reset-password", { token, newPassword: "another horse" });
  const { id } = await rowOf(ada.email);
  const { rows } = await app.sql.query(
    "update verification set expires_at = expires_at - interval '1 hour' where value = $1 returning expires_at < now() as over",
    [id],
  );
  expect(rows).toEqual([{ over: true }, { over: true }]);
  expect((await reset(tokens[0])).status).toBe(400);
  await app.sql.query("update verification set expires_at = now() + interval '1 hour' where value = $1", [
    id,
  ]);
  expect((await reset(tokens[0])).status).toBe(200);
  expect((await reset(tokens[1])).status).toBe(400);
});

test("asking for a new password gets one answer, whether the address has an account or not", async () => {
  const ada = await signedUp();
  const ask = async (email: string) => {
    const answer = await client.post("/request-password-reset", { email });
    return { status: answer.status, body: await answer.json() };
  };
  const stranger = client.person().email;
  expect(await ask(stranger)).toEqual(await ask(ada.email));
  await mailTo(ada.email, "Choose a new password");
  expect(await mailsTo(stranger)).toEqual([]);
});

test("a confirmed address changes when the old one approves and the new one confirms", async () => {
  const ada = await signedUp();
  await client.verify(tokenIn(await mailTo(ada.email, "Confirm your e-mail address")));
  const next = client.person().email;
  expect(
    (await client.post("/change-email", { newEmail: next, password: ada.password }, ada.headers)).status,
  ).toBe(200);
  const approval = await mailTo(ada.email, "Approve a new e-mail address");
  expect(approval.text).toContain(`${app.origin}/confirm-address#approve=`);
  expect(await mailsTo(next)).toEqual([]);

  expect((await client.verify(tokenIn(approval))).status).toBe(200);
  const confirmation = tokenIn(await mailTo(next, "Confirm your e-mail address"));
  expect(await rowOf(next)).toBeUndefined();
  expect((await client.verify(confirmation)).status).toBe(200);
  expect(await rowOf(next)).toMatchObject({ email_verified: true });
  expect(await rowOf(ada.email)).toBeUndefined();
  await mailTo(ada.email, "Your e-mail address was changed");
  expect((await client.verify(confirmation)).status).toBe(401);
});

test("an address that was never confirmed approves nothing, and the new one is confirmed by its link", async () => {
  const ada = await signedUp();
  const next = client.person().email;
  await client.post("/change-email", { newEmail: next, password: ada.password }, ada.headers);
  await client.verify(tokenIn(await mailTo(next, "Confirm your e-mail address")));
  expect(await rowOf(next)).toMatchObject({ email_verified: true });
});

test.for([undefined, "wrong horse"])("the address does not change with the password %s", async (password) => {
  const ada = await signedUp();
  const next = client.person().email;
  const answer = await client.post("/change-email", { newEmail: next, password }, ada.headers);
  expect([answer.status, (await answer.json()).code]).toEqual([400, "INVALID_PASSWORD"]);
  expect(await mailsTo(next)).toEqual([]);
});

test("the answer to a change does not tell that the new address has an account, and nothing is sent", async () => {
  const [ada, bob] = [await signedUp(), await signedUp()];
  const change = async (newEmail: string) => {
    const answer = await client.post("/change-email", { newEmail, password: ada.password }, ada.headers);
    return { status: answer.status, body: await answer.json() };
  };
  expect(await change(bob.email)).toEqual(await change(client.person().email));
  expect(await mailsTo(bob.email)).toHaveLength(1);
});

test("another browser or network is a new device once, and the first device is no news", async () => {
  const ada = await signedUp();
  const signIn = async (address: string, browser: string) => {
    const headers = { [addressHeader]: address, "user-agent": browser };
    const { email, password } = ada;
    expect((await client.post("/sign-in/email", { email, password }, headers)).status).toBe(200);
  };
  const news = async () =>
    (await mailsTo(ada.email)).filter(({ subject }) => subject === "A new device has signed in");
  await signIn("198.51.100.7", "Firefox/150.0");
  await expect.poll(async () => (await news()).length).toBe(1);
  expect((await news())[0]?.text).toContain("198.51.100.7");
  await signIn("198.51.100.8", "Firefox/151.0");
  await signIn("198.51.100.8", "Safari/26.0");
  await expect.poll(async () => (await news()).length).toBe(2);
});

test("a changed password is told by mail", async () => {
  const ada = await signedUp();
  const body = { currentPassword: ada.password, newPassword: "another horse", revokeOtherSessions: true };
  expect((await client.post("/change-password", body, ada.headers)).status).toBe(200);
  await mailTo(ada.email, "Your password was changed");
});

test("a mailbox gets five mails of a kind, whoever asks and whatever stands behind a plus, and no answer differs", async () => {
  const ada = await signedUp();
  const [name, host] = ada.email.split("@");
  const ask = (email: string) => client.post("/request-password-reset", { email });
  const toAda = await Promise.all(Array.from({ length: 8 }, () => ask(ada.email)));
  const toNobody = await ask(`nobody-${ada.email}`);
  const said = await Promise.all([...toAda, toNobody].map(async (each) => [each.status, await each.text()]));
  expect(new Set(said.map((each) => JSON.stringify(each))).size).toBe(1);
  const resets = async () =>
    (await mailsTo(ada.email)).filter(({ subject }) => subject === "Choose a new password").length;
  await expect.poll(resets).toBe(5);

  // A sign-up with the address of somebody else is another kind, and the kind is counted for the mailbox.
  for (let n = 0; n < 6; n++) await client.post("/sign-up/email", { ...ada, email: `${name}+${n}@${host}` });
  const tagged = async () => {
    const sent = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => mailsTo(`${name}+${n}@${host}`)));
    return sent.flat().length;
  };
  // One mail of this kind has confirmed the address of the account itself.
  await expect.poll(tagged).toBe(4);
  await app.sql.query("update rate_limit set last_request = last_request - 720000 where key like 'mails:%'");
  expect((await ask(ada.email)).status).toBe(200);
  await expect.poll(resets).toBe(6);
  const { rows } = await app.sql.query("select key from rate_limit where key like 'mails:%'");
  expect(JSON.stringify(rows)).not.toContain(name);
});
