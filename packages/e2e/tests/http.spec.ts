import { randomUUID } from "node:crypto";
import { request as ask } from "node:http";
import { abandonHeldPoll } from "../src/held-poll.ts";
import { signUpAt } from "../src/person.ts";
import { expect, expectProfile, test } from "../src/test.ts";

// Sends the production build requests that no page of the app sends.

test("the server ends its request to Electric when a browser ends a poll", async ({ app }) => {
  // Otherwise Electric would hold the request for the 20 s of a long poll, or the server for the 30 s of its timeout.
  expect(await abandonHeldPoll(app, "built")).toBeLessThan(10_000);
});

test("below /api every answer is JSON, even for methods and addresses that do not exist", async ({ app }) => {
  const { headers } = await signUpAt(app);
  for (const [method, path] of [
    ["POST", "/api/users?offset=-1"],
    ["DELETE", "/api/users?offset=-1"],
    ["PUT", "/api/trpc/users.update"],
    ["GET", "/api/nothing"],
  ] as const) {
    const answer = await fetch(app.url + path, { method, headers });
    expect(answer.status, `${method} ${path}`).toBe(404);
    const body = await answer.json();
    // Below /api/trpc a refusal has tRPC's form, so that the client can read the words.
    const { message } = path.startsWith("/api/trpc/") ? body.error : body;
    expect(message).toBe(`There is no ${method} ${path.split("?", 1)[0]}.`);
  }
});

test("the server refuses long bodies, long addresses, batches and broken JSON, and goes on", async ({
  app,
}) => {
  const { id, headers } = await signUpAt(app);
  const post = (path: string, body: string) =>
    fetch(app.url + path, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
    });
  const long = JSON.stringify({ id, name: "x".repeat(2_000_000) });
  for (const path of ["/api/trpc/users.update", "/api/auth/sign-in/email"]) {
    expect((await post(path, long)).status, path).toBe(413);
    expect((await post(path, '{"id":')).status, path).toBe(400);
  }
  expect((await post("/api/trpc/users.update,users.update?batch=1", "{}")).status).toBe(400);
  expect(
    (await fetch(`${app.url}/api/users?offset=-1&cursor=${"x".repeat(20_000)}`, { headers })).status,
  ).toBe(431);
  expect((await post("/api/trpc/users.update", JSON.stringify({ id, name: "Still here" }))).status).toBe(200);
});

test("a body without a content-length is refused once it is too long", async ({ app }) => {
  const status = await new Promise((done, fail) => {
    const sent = ask(`${app.url}/api/auth/sign-in/email`, { method: "POST" }, (answer) =>
      done(answer.statusCode),
    );
    sent.on("error", fail);
    sent.setHeader("content-type", "application/json");
    sent.setHeader("origin", app.url);
    // The request never ends, so the answer arrives while the body is still being sent.
    for (let n = 0; n < 20; n++) sent.write("x".repeat(65_536));
  });
  expect(status).toBe(413);
});

test("health and readiness answer strangers in a word, and readiness names the part that is gone", async ({
  app,
  request,
}) => {
  const ask = async (path: string) => {
    const answer = await request.get(app.url + path);
    expect(answer.headers()["cache-control"]).toBe("private, no-store");
    return { status: answer.status(), body: await answer.json() };
  };
  expect(await ask("/api/health")).toEqual({ status: 200, body: { alive: true } });
  expect(await ask("/api/ready")).toEqual({ status: 200, body: { ready: true } });
  await app.stopElectric();
  await expect
    .poll(() => ask("/api/ready"))
    .toEqual({ status: 503, body: { ready: false, reasons: ["electric does not answer"] } });
  expect(await ask("/api/health")).toEqual({ status: 200, body: { alive: true } });
  await app.startElectric();
  await expect.poll(() => ask("/api/ready")).toEqual({ status: 200, body: { ready: true } });
});

test("another user's handle, or a made-up one, reads no rows", async ({ app }) => {
  const [ada, bob] = [await signUpAt(app), await signUpAt(app)];
  const read = (headers: HeadersInit, query: string) => fetch(`${app.url}/api/users?${query}`, { headers });
  const hers = await read(ada.headers, "offset=-1");
  expect(await hers.text()).toContain(ada.email);
  const handle = hers.headers.get("electric-handle") ?? "";
  expect(handle).not.toBe("");
  for (const offset of ["0_0", "0_inf"]) {
    const answer = await read(bob.headers, new URLSearchParams({ handle, offset }).toString());
    expect(answer.status, `at ${offset}`).toBe(409);
    expect(await answer.text()).not.toContain(ada.email);
    expect(answer.headers.get("electric-handle")).not.toBe(handle);
  }
  for (const [query, status] of [
    ["offset=0_0&handle=made-up", 409],
    ["offset=nonsense", 400],
    ["offset=0_0", 400],
    ["offset=-1&live=true", 400],
  ] as const) {
    expect((await read(bob.headers, query)).status, query).toBe(status);
  }
});

test("a page runs its own scripts, and no script that somebody else has written into the page", async ({
  page,
  app,
}) => {
  const refused: string[] = [];
  page.on(
    "console",
    (line) => void (/Content Security Policy/.test(line.text()) && refused.push(line.text())),
  );
  await page.goto(`${app.url}/sign-in`);
  await page.getByLabel("Email").fill("nobody");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByLabel("Email")).toBeFocused();
  expect(refused, "violations by the app itself").toEqual([]);
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'taken over'";
    document.body.append(script);
    document.body.insertAdjacentHTML(
      "beforeend",
      '<img src="data:," onerror="document.title = \'taken over\'">',
    );
  });
  await expect.poll(() => refused.length).toBeGreaterThanOrEqual(2);
  await expect(page).toHaveTitle("Sign in · Tracer");
});

test("every answer carries the headers that keep other sites out", async ({ app, request }) => {
  for (const path of ["/", "/sign-in", "/no-such-page", "/api/users", "/api/auth/ok"]) {
    const headers = (await request.get(app.url + path)).headers();
    expect(headers, path).toMatchObject({
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
      "referrer-policy": "same-origin",
      "strict-transport-security": expect.stringMatching(/^max-age=\d{8}/),
      "x-content-type-options": "nosniff",
    });
  }
});

test("security.txt says where to report a vulnerability, and is not out of date", async ({
  app,
  request,
}) => {
  const answer = await request.get(`${app.url}/.well-known/security.txt`);
  expect(answer.headers()).toMatchObject({
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  const fields = Object.fromEntries((await answer.text()).split("\n").map((line) => line.split(/: (.*)/, 2)));
  expect(fields.Canonical).toBe(`${app.url}/.well-known/security.txt`);
  expect(fields.Contact).toBe("mailto:security@localhost");
  expect(Date.parse(fields.Expires ?? "")).toBeGreaterThan(Date.now());
});

test("a page that is asked for at 127.0.0.1 is led to its own address, where signing up works", async ({
  app,
  page,
}) => {
  const elsewhere = app.url.replace("localhost", "127.0.0.1");
  for (const method of ["GET", "HEAD"]) {
    const answer = await fetch(`${elsewhere}//evil.example/?q=1`, { method, redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([307, `${app.url}//evil.example/?q=1`]);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  }
  expect((await fetch(`${elsewhere}/api/users?offset=-1`, { redirect: "manual" })).status).toBe(401);

  await page.goto(`${elsewhere}/sign-in?mode=sign-up`);
  expect(page.url()).toBe(`${app.url}/sign-in?mode=sign-up`);
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("Email").fill(`${randomUUID()}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
  await page.getByRole("button", { name: "Create account" }).click();
  await expectProfile(page, "Ada Lovelace");
});
