import { once } from "node:events";
import type { App } from "@tracer/local/app";
import type { Log } from "../src/log-lines.ts";
import { signUpAt } from "../src/person.ts";
import { rawRequest } from "../src/raw-request.ts";
import { startSecondWeb } from "../src/second-web.ts";
import { expect, test as shared } from "../src/test.ts";

// What an operator sees of the production build: the log, and how the process ends.

/** A live poll of a person's own row, from the place after the first load. */
async function livePoll(url: string, headers: Record<string, string>): Promise<string> {
  const first = await fetch(`${url}/api/users?offset=-1`, { headers });
  await first.text();
  const of = (name: string) => first.headers.get(`electric-${name}`) ?? "";
  return `/api/users?${new URLSearchParams({ live: "true", handle: of("handle"), offset: of("offset"), cursor: "7" })}`;
}

interface Fixtures {
  /** The worker's app with a web server that has just started, and all that this server writes. */
  operated: App & { log: Log };
}

const test = shared.extend<Fixtures>({
  operated: async ({ app, log }, use) => {
    // What the log says only once in a while has not been said yet.
    await app.restartWeb();
    await use({ ...app, log: log.fromNow() });
    await app.startElectric();
  },
});

test("each request is one line of JSON, with the id that the answer carries, and live polls are none", async ({
  operated,
}) => {
  const { headers, id } = await signUpAt(operated);
  const first = await fetch(`${operated.url}/api/users?offset=-1`, { headers });
  const requestId = first.headers.get("x-request-id");
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  const poll = fetch(operated.url + (await livePoll(operated.url, headers)), { headers });
  await operated.stopElectric();
  await poll;
  await fetch(`${operated.url}/somebody@example.com?token=secret`, {
    headers: { "x-request-id": "chosen-by-a-client" },
  });

  // The last request has been answered, so its line follows the others.
  await expect.poll(async () => (await operated.log.of("request", 1)).at(-1)?.status).toBe(404);
  const lines = await operated.log.of("request", 1);
  expect(lines.find((line) => line.request === requestId)).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-/),
    event: "request",
    request: requestId,
    user: id,
    method: "GET",
    route: "/api/users",
    status: 200,
    ms: expect.any(Number),
    message: "GET /api/users 200",
  });
  expect(lines.at(-1)).toMatchObject({ route: "/$", status: 404 });
  const shapes = lines.filter((line) => line.route === "/api/users" && line.status === 200);
  expect(shapes.length).toBe(2);
  expect(operated.log.text()).not.toMatch(/@example\.com|token=|chosen-by-a-client/);
});

test("signing up, in and out, and failing to, are events with the client's address and without secrets", async ({
  app,
}) => {
  const Site = { clientAddressHeader: "x-tracer-client-ip" };
  await using operated = await startSecondWeb(app, { links: { Site } });
  const { headers, id, email } = await signUpAt(operated);
  const post = (path: string, body: object, from: string) =>
    fetch(`${operated.url}/api/auth/${path}`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "x-tracer-client-ip": from },
      body: JSON.stringify(body),
    });
  expect((await post("sign-in/email", { email, password: "not the password" }, "10.7.0.1")).status).toBe(401);
  expect((await post("sign-out", {}, "10.7.0.2")).status).toBe(200);

  expect(await operated.log.of("sign-up", 1)).toMatchObject([{ user: id, security: true }]);
  expect(await operated.log.of("sign-in", 1)).toMatchObject([{ user: id }]);
  expect(await operated.log.of("sign-in-failed", 1)).toMatchObject([{ address: "10.7.0.1" }]);
  expect(await operated.log.of("session-ended", 1)).toMatchObject([{ user: id, address: "10.7.0.2" }]);
  expect(operated.log.text()).not.toContain(email);
  expect(operated.log.text()).not.toMatch(/not the password|session_token|[0-9a-f]{32}:[0-9a-f]{32}/);
});

test("an outage is one failure for each kind, however many requests fail", async ({ operated }) => {
  const { headers } = await signUpAt(operated);
  await operated.stopElectric();
  for (let n = 0; n < 30; n++) await fetch(`${operated.url}/api/users?offset=-1`, { headers });
  const kinds = (await operated.log.of("failure", 1)).map(({ message }) => message);
  expect(kinds.join()).toContain("shape: Electric");
  // Another program may take Electric's port in the meantime, and then answers in a way of its own.
  expect(kinds).toEqual([...new Set(kinds)]);
  const failed = (await operated.log.of("request", 1)).filter(({ level }) => level === "error");
  expect(failed.map(({ message }) => message)).toEqual([...new Set(failed.map(({ message }) => message))]);
});

test("whatever a stranger sends gets a 4xx with the headers of every answer, and no stack in the log", async ({
  operated,
}) => {
  const { headers } = await signUpAt(operated);
  const cookie = (text: string) => `cookie: ${text}`;
  const [copy = ""] = headers.cookie.match(/[\w.-]+\.session_data/) ?? [];
  const same = ["sec-fetch-site: same-origin", "x-tsr-serverFn: true"];
  const long = "x".repeat(12_000);
  const session = cookie(headers.cookie);
  const requests: [head: string[], status: number, body?: string][] = [
    [["TRACE / HTTP/1.1"], 405],
    [["TRACE /api/users HTTP/1.1"], 404],
    [["PROPFIND /profile HTTP/1.1"], 405],
    [["OPTIONS * HTTP/1.1"], 405],
    [["POST /sign-in HTTP/1.1"], 405],
    [["GET /_serverFn/ HTTP/1.1", ...same], 404],
    [["GET /_serverFn/__proto__ HTTP/1.1", ...same], 404],
    [[`GET /_serverFn/${"a".repeat(64)} HTTP/1.1`, ...same], 404],
    [["POST /_serverFn/abc HTTP/1.1", ...same], 405, "{"],
    [["GET /% HTTP/1.1"], 400],
    [["GET /api/users/%E0%A4%A HTTP/1.1"], 400],
    [["GET /assets/%E0%A4%A HTTP/1.1"], 400],
    [["GET /assets/gone.js HTTP/1.1"], 404],
    [["GET somewhere HTTP/1.1"], 400],
    [["GET http://[ HTTP/1.1"], 400],
    [["BREW / HTTP/1.1"], 400],
    [["GET / HTTP/1.1", "broken"], 400],
    [["GET / HTTP/1.1", `long: ${long}${long}`], 431],
    [["GET / HTTP/1.1", "expect: the unexpected"], 417],
    [[`GET /api/users?offset=0_0&handle=${long} HTTP/1.1`, session], 414],
    [[`GET /api/users?offset=0_0&live=true&cursor=${long} HTTP/1.1`, session], 414],
    [[`GET /api/users?offset=${long} HTTP/1.1`], 401],
    [["GET /api/users?offset=-1 HTTP/1.1", cookie(`${copy}=%%%`)], 401],
    [["GET /api/auth/verify-email?token=x&callbackURL=%00 HTTP/1.1"], 403],
    [["POST /api/auth/account/end-device HTTP/1.1", session, `origin: ${operated.url}`], 415, "x"],
  ];
  for (const [head, status, body] of requests) {
    const answer = await rawRequest(operated.url, head, body);
    const asked = head.join(" | ").slice(0, 80);
    expect(answer.status, asked).toBe(status);
    expect(answer.headers, asked).toMatchObject({
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
      "referrer-policy": "same-origin",
      "strict-transport-security": expect.stringMatching(/^max-age=\d{8}/),
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-store",
    });
  }
  // A copy that nobody has signed sends better-auth to the database, and the session is there.
  for (const path of ["/api/users?offset=-1", "/profile", "/api/auth/get-session"]) {
    const answer = await rawRequest(operated.url, [
      `GET ${path} HTTP/1.1`,
      cookie(headers.cookie.replace(/session_data=[^;]*/, "session_data=%%%")),
    ]);
    expect(answer.status, path).toBe(200);
  }
  for (const file of ["/favicon.svg", "/robots.txt"])
    expect((await rawRequest(operated.url, [`GET ${file} HTTP/1.1`])).headers).toMatchObject({
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
    });
  expect(operated.log.text()).not.toMatch(/"level":"error"|"stack"|^ +at /m);
});

test("SIGTERM ends polls and lines in good order, lets a write finish, and ends the process with code 0", async ({
  operated,
  sql,
}) => {
  const { headers, id } = await signUpAt(operated);
  const poll = await livePoll(operated.url, headers);
  const held = fetch(operated.url + poll, { headers });
  const json = { ...headers, "content-type": "application/json" };
  const line = await fetch(`${operated.url}/api/line`, {
    method: "POST",
    headers: { ...json, "x-tracer-user": id },
    body: JSON.stringify({ polls: [poll], browser: "one" }),
  });
  await sql.query('begin; lock table "user" in exclusive mode');
  const write = fetch(`${operated.url}/api/trpc/users.update`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ id, name: "Written in time" }),
  });
  const waiting = "select 1 from pg_locks where not granted and relation = '\"user\"'::regclass";
  await expect.poll(async () => (await sql.query(waiting)).rowCount).toBe(1);

  const web = operated.webProcess();
  const exit = web && once(web, "exit");
  const began = performance.now();
  web?.kill("SIGTERM");
  const answer = await held;
  const asked = new URL(poll, operated.url).searchParams;
  expect([answer.status, await answer.json()]).toEqual([200, [{ headers: { control: "up-to-date" } }]]);
  expect(answer.headers.get("electric-offset")).toBe(asked.get("offset"));
  expect(answer.headers.get("electric-handle")).toBe(asked.get("handle"));
  const frames = (await line.text()).trim().split("\n");
  expect(frames.map((frame) => JSON.parse(frame))).toEqual(new Array(frames.length).fill({ alive: true }));
  await expect(rawRequest(operated.url, ["GET /api/health HTTP/1.1"])).rejects.toThrow();

  await sql.query("commit");
  expect((await write).status).toBe(200);
  const { rows } = await sql.query('select name from "user" where id = $1', [id]);
  expect(rows).toEqual([{ name: "Written in time" }]);
  expect(await exit).toEqual([0, null]);
  // The lines of the log that were waiting for others are written before the end.
  await expect.poll(() => operated.log.text()).toMatch(/"route":"\/api\/trpc\/[^"]*","status":200/);
  expect(performance.now() - began).toBeLessThan(10_000);
  // Nobody has told the stack to stop the web app, so the stack starts the app again.
  await expect
    .poll(async () => (await fetch(`${operated.url}/api/health`).catch(() => undefined))?.status)
    .toBe(200);
});

test("the stack starts a web app that has been killed again, and people stay signed in", async ({
  operated,
}) => {
  const { headers } = await signUpAt(operated);
  operated.webProcess()?.kill("SIGKILL");
  const status = async () =>
    (await fetch(`${operated.url}/api/users?offset=-1`, { headers }).catch(() => undefined))?.status;
  await expect.poll(status, { timeout: 30_000 }).toBe(200);
});
