import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { type App, openApp } from "../../../../test/app";
import { authenticator } from "../../../../test/authenticator";
import { authClient, cookiesOf } from "../../../../test/mail/auth-client";
import { mailsTo, mailTo } from "../../../../test/mails";

let app: App;
let client: ReturnType<typeof authClient>;
let callerOf: typeof import("~/lib/server/auth/caller").callerOf;
const events = vi.fn();
const newDevice = "A new device has signed in";

beforeAll(async () => {
  const mail = { url: inject("smtpUrl"), from: "app@example.com", verification: "asked" } as const;
  app = await openApp("http://127.0.0.1:1", undefined, { mail });
  const { serveAuth } = await import("~/lib/server/auth/auth-handler");
  ({ callerOf } = await import("~/lib/server/auth/caller"));
  const { log } = await import("~/lib/server/log/log");
  vi.spyOn(log, "info").mockImplementation((about: unknown) => events(about));
  // Nothing listens at Electric's address.
  vi.spyOn(log, "error").mockImplementation(() => {});
  client = authClient(app.origin, serveAuth);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await app[Symbol.asyncDispose]();
});

const namesOf = (user: string) =>
  events.mock.calls.map(([about]) => about).flatMap((about) => (about.user === user ? [about.event] : []));

/** Signs a person up and turns the second factor on with the code of this half minute, which is `spent` then. */
async function personWithFactor() {
  const person = client.person();
  const signedUp = await client.post("/sign-up/email", person);
  const { user } = await signedUp.json();
  const { password } = person;
  const headers = { cookie: cookiesOf(signedUp) };
  const begun = await client.post("/two-factor/enable", { password }, headers);
  const { totpURI, backupCodes } = await begun.json();
  const { code, nextCode, secret } = authenticator(totpURI);
  const spent = code();
  const verified = await client.post("/two-factor/verify-totp", { code: spent }, headers);
  expect(verified.status).toBe(200);
  const cookie = cookiesOf(verified);
  const oldCookie = headers.cookie;
  return { ...person, id: String(user.id), spent, nextCode, secret, backupCodes, cookie, oldCookie };
}

type PersonWithFactor = Awaited<ReturnType<typeof personWithFactor>>;

/** Gives the password in a browser that was never seen, and expects to be asked for more. */
async function firstStep({ email, password }: PersonWithFactor, cookie = "", agent = ""): Promise<string> {
  const headers = { cookie, "user-agent": agent };
  const answer = await client.post("/sign-in/email", { email, password }, headers);
  expect(await answer.json()).toMatchObject({ twoFactorRedirect: true });
  return cookiesOf(answer);
}

const secondStep = (cookie: string, code: string, agent = "") =>
  client.post("/two-factor/verify-totp", { code }, { cookie, "user-agent": agent });

const backupStep = (cookie: string, code: string) =>
  client.post("/two-factor/verify-backup-code", { code }, { cookie });

const sessionsOf = async ({ id }: PersonWithFactor) =>
  (await app.sql.query("select 1 from session where user_id = $1", [id])).rowCount;

/** Asks for rows, and writes, with the cookies of a browser. Gives both statuses. */
async function readAndWrite(cookie: string): Promise<number[]> {
  const { serveShape } = await import("~/lib/electric-proxy");
  const { selectUserSchema, user, userAccess } = await import("@tracer/core/auth/auth.sql");
  const { handleTrpc } = await import("~/lib/trpc");
  const { appRouter } = await import("~/lib/trpc/router");
  const headers = { cookie, origin: app.origin, "content-type": "application/json" };
  const read = serveShape({ table: user, schema: selectUserSchema, access: userAccess });
  const { status } = await read({
    request: new Request(`${app.origin}/api/users?offset=-1`, { headers }),
  });
  const write = await handleTrpc(appRouter)({
    request: new Request(`${app.origin}/api/trpc/users.update`, {
      method: "POST",
      headers,
      body: JSON.stringify({ id: "of nobody", name: "Eve" }),
    }),
  });
  return [status, write.status];
}

test("the password alone opens nothing: no row, no write, no session, no sign-in in the log, no mail", async () => {
  const ada = await personWithFactor();
  events.mockClear();
  const sessions = await sessionsOf(ada);
  const between = await firstStep(ada, "", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0");
  expect(await sessionsOf(ada)).toBe(sessions);
  expect(await readAndWrite(between)).toEqual([401, 401]);
  expect(namesOf(ada.id)).toEqual([]);
  expect(between).not.toContain("device=");

  const opened = await secondStep(between, ada.nextCode(), "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0");
  expect(opened.status).toBe(200);
  expect(await readAndWrite(cookiesOf(opened))).not.toContain(401);
  expect(namesOf(ada.id)).toContain("sign-in");
  // Each step came from another browser. A notice about the first step would be a second mail.
  await mailTo(ada.email, newDevice);
  expect((await mailsTo(ada.email)).filter(({ subject }) => subject === newDevice)).toHaveLength(1);
});

test("a code counts once, also for two who show it at the same moment", async () => {
  const ada = await personWithFactor();
  const code = ada.nextCode();
  const browsers = [await firstStep(ada), await firstStep(ada)];
  const answers = await Promise.all(browsers.map((cookie) => secondStep(cookie, code)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  // The code that turned the second factor on has counted too.
  expect((await secondStep(await firstStep(ada), ada.spent)).status).toBe(401);
});

test("a backup code takes the place of the app once, the log names it, and the person gets a mail", async () => {
  const ada = await personWithFactor();
  const show = async (code: string) => (await backupStep(await firstStep(ada), code)).status;
  expect(ada.backupCodes).toHaveLength(10);
  expect(await show(ada.backupCodes[0])).toBe(200);
  expect(await show(ada.backupCodes[0])).toBe(401);
  expect(namesOf(ada.id)).toContain("backup-code-used");
  await mailTo(ada.email, "A backup code was used");

  const { password, cookie } = ada;
  const renewed = await client.post("/two-factor/generate-backup-codes", { password }, { cookie });
  const { backupCodes } = await renewed.json();
  expect([await show(ada.backupCodes[1]), await show(backupCodes[1])]).toEqual([401, 200]);
  await mailTo(ada.email, "Your account has new backup codes");
});

test("wrong codes are counted for the account, from however many addresses, and a known device has its own", async () => {
  const ada = await personWithFactor();
  const opened = await backupStep(await firstStep(ada), ada.backupCodes[0]);
  const device = cookiesOf(opened)
    .split("; ")
    .find((cookie) => cookie.includes("device="));
  const statuses: number[] = [];
  for (let n = 0; n < 12; n++) {
    const between = await firstStep(ada);
    statuses.push((await secondStep(between, `wrong ${n}`)).status);
  }
  expect(statuses).toEqual([...new Array(10).fill(401), 429, 429]);
  expect((await secondStep(await firstStep(ada), ada.nextCode())).status).toBe(429);
  const known = `${await firstStep(ada)}; ${device}`;
  expect((await secondStep(known, ada.nextCode())).status).toBe(200);
});

test("a sign-in that waits for the second factor ends the session that the browser had", async () => {
  const [ada, bob] = [await personWithFactor(), await personWithFactor()];
  await firstStep(ada, bob.cookie);
  expect(await callerOf(new Request(app.origin, { headers: { cookie: bob.cookie } }), { fresh: true })).toBe(
    undefined,
  );
});

test("a browser that asks to be trusted is asked for a code again", async () => {
  const ada = await personWithFactor();
  const answer = await client.post(
    "/two-factor/verify-totp",
    { code: ada.nextCode(), trustDevice: true },
    { cookie: await firstStep(ada) },
  );
  expect(answer.status).toBe(200);
  await firstStep(ada, cookiesOf(answer));
});

test("the password turns the second factor off, and each change is in the log and in a mail", async () => {
  const ada = await personWithFactor();
  expect(namesOf(ada.id)).toContain("second-factor-on");
  await mailTo(ada.email, "Your account asks for a second factor now");
  const turnOff = (password: string) =>
    client.post("/two-factor/disable", { password }, { cookie: ada.cookie });
  expect((await turnOff("wrong")).status).toBe(400);
  expect((await turnOff(ada.password)).status).toBe(200);
  expect(namesOf(ada.id)).toContain("second-factor-off");
  await mailTo(ada.email, "Your account asks for no second factor any more");
  expect((await client.post("/sign-in/email", ada)).headers.getSetCookie().join()).toContain("session_token");
  const { rows } = await app.sql.query("select 1 from two_factor where user_id = $1", [ada.id]);
  expect(rows).toEqual([]);
});

test("a session that turning on the factor replaces lets requests under way finish, and ends ten seconds later", async () => {
  const ada = await personWithFactor();
  const rest = async (cookie: string) => {
    const token = decodeURIComponent(/session_token=([^;.]+)/.exec(cookie)?.[1] ?? "");
    const { rows } = await app.sql.query(
      "select extract(epoch from expires_at - now())::float8 as rest from session where token = $1",
      [token],
    );
    return rows[0]?.rest;
  };
  expect(await rest(ada.oldCookie)).toBeGreaterThan(0);
  expect(await rest(ada.oldCookie)).toBeLessThanOrEqual(10);
  expect(await rest(ada.cookie)).toBeGreaterThan(3600);
  const old = new Request(app.origin, { headers: { cookie: ada.oldCookie } });
  expect(await callerOf(old, { fresh: true })).toEqual({ id: ada.id });
  // Use prolongs other sessions.
  await app.auth.api.getSession({ headers: old.headers, query: { disableCookieCache: true } });
  expect(await rest(ada.oldCookie)).toBeLessThanOrEqual(10);
  expect(namesOf(ada.id).filter((name) => name === "session-ended")).toHaveLength(1);
});

test("the table holds neither the secret nor a backup code as it is", async () => {
  const ada = await personWithFactor();
  const { rows } = await app.sql.query("select secret, backup_codes from two_factor where user_id = $1", [
    ada.id,
  ]);
  expect(rows[0].backup_codes).not.toContain(ada.backupCodes[0]);
  expect(rows[0].secret).not.toContain(ada.secret);
});
