import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { type Gate, startGate } from "../src/gate.ts";
import { lineOf } from "../src/held-poll.ts";
import { loadLambda, textOf } from "../src/lambda.ts";
import { expect, test } from "../src/test.ts";

// The build for Lambda is loaded once into this worker, where its links cannot change afterwards.
test.describe.configure({ mode: "serial" });

const origin = "https://app.test";
let lambda: Awaited<ReturnType<typeof loadLambda>>;
let electric: Gate;

test.beforeAll(async ({ app }) => {
  test.setTimeout(120_000);
  electric = await startGate(app.stack.electricUrl);
  const links = app.stack.links(origin);
  const engine = JSON.parse(links.SST_RESOURCE_SyncEngine ?? "{}");
  lambda = await loadLambda({
    ...links,
    SST_RESOURCE_SyncEngine: JSON.stringify({ ...engine, url: electric.url }),
  });
});

test.afterAll(async () => {
  electric?.close();
  if (lambda) await rm(lambda.output, { recursive: true, force: true });
});

test("answers with a page, and ends a redirect without a body at once", async () => {
  const page = await lambda.request(`${origin}/`);
  expect(page.status).toBe(200);
  expect(await textOf(page.body)).toContain("</html>");
  const redirect = await lambda.request(`${origin}/profile`);
  expect(redirect.status).toBe(307);
  // A stream without an end would keep the function and the person waiting until the timeout of the function.
  expect(await textOf(redirect.body)).toBe("");
});

test("serves a shape to a signed-in person, live, and to nobody else", async ({ sql }) => {
  const refused = await lambda.request(`${origin}/api/users?offset=-1`);
  expect([refused.status, await textOf(refused.body)]).toEqual([401, '{"message":"Sign in to sync."}']);

  const { headers, email } = await signUp();
  let at = new URLSearchParams({ offset: "-1" });
  let rows = "";
  let upToDate: string | undefined;
  while (!rows.includes('"up-to-date"')) {
    const answer = await lambda.request(`${origin}/api/users?${at}`, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers["cache-control"]).toBe("private, no-store");
    rows += await textOf(answer.body);
    at = positionOf(answer.headers);
    upToDate = answer.headers["electric-up-to-date"];
  }
  // Electric sends the header without a value. Without the header a page would wait for rows for ever.
  expect(upToDate).toBeDefined();
  expect(rows).toContain(email);

  at.set("live", "true");
  const live = lambda.request(`${origin}/api/users?${at}`, { headers });
  await sql.query(`update "user" set name = 'By hand' where email = $1`, [email]);
  expect(await textOf((await live).body)).toContain("By hand");
});

test("ends the request to Electric when the browser leaves during an answer", async () => {
  const { headers } = await signUp();
  electric.hold = "endless";
  const held = electric.held();
  const answer = await lambda.request(`${origin}/api/users?offset=-1`, { headers });
  const gone = (await held)();
  answer.body.destroy();
  await gone;
  electric.hold = undefined;
});

test("streams a line, and ends its polls at Electric when the browser leaves", async () => {
  const { id, headers } = await signUp();
  electric.hold = "silent";
  const held = electric.held();
  const answer = await lambda.request(`${origin}/api/line`, lineOf(id, headers));
  expect(answer.headers["content-type"]).toBe("application/x-ndjson");
  const gone = (await held)();
  // The sign of life comes while Electric is still silent.
  expect(String((await once(answer.body, "data"))[0])).toBe('{"alive":true}\n');
  answer.body.destroy();
  await gone;
  electric.hold = undefined;
});

test("sets cookies that only the server of this site can read", async () => {
  const { cookies } = await signUp();
  expect(cookies.map((line) => line.split("=", 1)[0]).sort()).toEqual([
    "__Host-better-auth.session_data",
    "__Host-better-auth.session_token",
    "__Host-tracer-device",
  ]);
  for (const line of cookies) {
    expect(line.split("; ").slice(1)).toEqual(
      expect.arrayContaining(["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]),
    );
    expect(line).not.toContain("Domain=");
  }
  const copy = cookies.find((line) => line.includes("session_data"));
  expect(Number(/Max-Age=(\d+)/.exec(copy ?? "")?.[1])).toBeLessThan(60);
});

test("sends the security headers and a cache policy with every answer", async () => {
  for (const path of ["/", "/api/users", "/api/auth/ok", "/api/nothing"]) {
    const { headers, body } = await lambda.request(origin + path);
    await textOf(body);
    expect(headers, path).toMatchObject({
      "cache-control": expect.stringContaining("private"),
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
      "referrer-policy": "same-origin",
      "strict-transport-security": expect.stringMatching(/^max-age=\d{8}/),
      "x-content-type-options": "nosniff",
    });
  }
});

test("takes a picture and serves the picture, byte for byte", async ({ page }) => {
  const { headers } = await signUp();
  const body = await page.screenshot({ type: "jpeg", clip: { x: 0, y: 0, width: 40, height: 40 } });
  const kept = await lambda.request(`${origin}/api/picture`, {
    method: "POST",
    headers: { ...headers, "content-type": "image/jpeg" },
    body,
  });
  expect(kept.status).toBe(201);
  const { address } = JSON.parse(await textOf(kept.body));
  const served = await lambda.request(origin + address, { headers });
  expect(served.headers).toMatchObject({
    "content-type": "image/jpeg",
    "cache-control": "private, max-age=31536000, immutable",
    "content-security-policy": expect.stringContaining("sandbox"),
  });
  const bytes = Buffer.concat(await served.body.toArray());
  // The tables and the coded picture stay as they are.
  const tables = bytes.indexOf(Buffer.from([0xff, 0xdb]));
  expect(bytes.subarray(tables).equals(body.subarray(tables - bytes.length))).toBe(true);
});

async function signUp() {
  const email = `${randomUUID()}@example.com`;
  const answer = await lambda.request(`${origin}/api/auth/sign-up/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin, "x-tracer-client-ip": "10.9.8.7" },
    body: JSON.stringify({ name: "Ada", email, password: "correct horse" }),
  });
  expect(answer.status).toBe(200);
  const { user }: { user: { id: string } } = JSON.parse(await textOf(answer.body));
  const cookie = answer.cookies.map((line) => line.split(";", 1)[0]).join("; ");
  return { id: user.id, email, cookies: answer.cookies, headers: { cookie, origin } };
}

function positionOf(headers: Record<string, string>): URLSearchParams {
  return new URLSearchParams({
    offset: headers["electric-offset"] ?? "",
    handle: headers["electric-handle"] ?? "",
    cursor: headers["electric-cursor"] ?? "",
  });
}
