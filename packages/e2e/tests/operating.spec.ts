import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "@playwright/test";
import { type App, startApp } from "@tracer/local/app";
import { logLines } from "../src/log-lines.ts";
import { signUpAt } from "../src/person.ts";
import { expect } from "../src/test.ts";

// What an operator sees of the production build: the log, and how the process ends.

interface Fixtures {
  /** The production build on a stack of its own, with all that it writes. */
  operated: App & { log: ReturnType<typeof logLines> };
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  operated: async ({}, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-operated-"));
    const log = logLines();
    const app = await startApp({ mode: "built", dataDir, fsync: false, report: log.report });
    await use({ ...app, log });
    await app.close();
    await rm(dataDir, { recursive: true, force: true });
  },
});

test("each request is one line of JSON, with the id that the answer carries, and live polls are none", async ({
  operated,
}) => {
  const { headers, id } = await signUpAt(operated);
  const first = await fetch(`${operated.url}/api/users?offset=-1`, { headers });
  const requestId = first.headers.get("x-request-id");
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  const [handle, offset] = ["handle", "offset"].map((name) => first.headers.get(`electric-${name}`) ?? "");
  const live = new URLSearchParams({ live: "true", handle: handle ?? "", offset: offset ?? "", cursor: "1" });
  const poll = fetch(`${operated.url}/api/users?${live}`, { headers });
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
  expect(shapes.length).toBe(1);
  expect(operated.log.text()).not.toMatch(/@example\.com|token=|chosen-by-a-client/);
});

test("signing up, in and out, and failing to, are events with the client's address and without secrets", async ({
  operated,
}) => {
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
  const failures = await operated.log.of("failure", 1);
  expect(failures.map(({ message }) => message)).toEqual([
    "shape: Electric cannot be reached (ECONNREFUSED)",
  ]);
  const lines = await operated.log.of("request", 1);
  expect(lines.filter(({ status }) => status === 503).length).toBe(1);
});
