import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "@playwright/test";
import { type App, startApp } from "@tracer/local/app";
import { fetchFrom, randomAddress } from "../src/from-address.ts";
import { logLines } from "../src/log-lines.ts";
import { signUpAt } from "../src/person.ts";
import { expect } from "../src/test.ts";
import { unfinishedPost } from "../src/unfinished.ts";

// One client asks the production build for more than a fair share. The tests count answers; `npm run bench:abuse` has the
// times.

interface Fixtures {
  /** The production build on a stack of its own, with all that it writes. */
  attacked: App & { log: ReturnType<typeof logLines> };
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  attacked: async ({}, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-attacked-"));
    const log = logLines();
    const app = await startApp({ mode: "built", dataDir, fsync: false, report: log.report });
    await use({ ...app, log });
    await app.close();
    await rm(dataDir, { recursive: true, force: true });
  },
});

test("of one user's flood of writes some are refused at once in tRPC's form, and another user's are all saved", async ({
  attacked,
}) => {
  const [eve, ada] = [await signUpAt(attacked), await signUpAt(attacked)];
  const write = ({ id, headers }: typeof eve, name: string) =>
    fetch(`${attacked.url}/api/trpc/users.update`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ id, name }),
    });
  const flood = Promise.all(Array.from({ length: 400 }, (_, n) => write(eve, `Eve ${n}`)));
  for (let n = 0; n < 5; n++) expect((await write(ada, `Ada ${n}`)).status).toBe(200);
  const answers = await flood;
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
  expect(refused[0]?.headers.get("retry-after")).toMatch(/^\d+$/);
  expect(await refused[0]?.json()).toMatchObject({
    error: { data: { code: "TOO_MANY_REQUESTS", httpStatus: 429 } },
  });
  const lines = await attacked.log.of("limited", 1);
  expect(lines).toMatchObject([{ security: true, user: eve.id, reason: "writes", address: "127.0.0.1" }]);
});

test("a body is not read before it is known who sends it", async ({ attacked }) => {
  const sent = await Promise.all(
    [
      { path: "/api/trpc/push", length: 1_000_000, headers: { origin: attacked.url } },
      { path: "/api/trpc/push", length: 1_000_000 },
      { path: "/api/line", length: 100_000, headers: { origin: attacked.url } },
      { path: "/api/auth/sign-in/email", length: 1_000_000, headers: { origin: attacked.url } },
    ].map((request) => unfinishedPost(attacked.url, request)),
  );
  expect(await Promise.all(sent.map(({ status }) => status))).toEqual([401, 403, 401, 413]);
  // The server does not wait for the rest of the body.
  await Promise.all(sent.map(({ closed }) => closed));
});

test("a stranger's bodies have little room, and a short time to arrive", async ({ attacked }) => {
  const post = { path: "/api/auth/sign-in/email", length: 16_000, headers: { origin: attacked.url } };
  const sent = await Promise.all(Array.from({ length: 100 }, () => unfinishedPost(attacked.url, post)));
  const statuses = await Promise.all(sent.map(({ status }) => status));
  expect(statuses.filter((status) => status === 408).length).toBeGreaterThan(60);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(30);
  await Promise.all(sent.map(({ closed }) => closed));
});

test("the header that names the client on CloudFront means nothing here", async ({ attacked }) => {
  const guess = (n: number) =>
    fetch(`${attacked.url}/api/auth/sign-in/email`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: attacked.url,
        "x-tracer-client-ip": `10.0.0.${n}`,
        "x-forwarded-for": `10.0.0.${n}`,
      },
      body: JSON.stringify({ email: `${randomUUID()}@example.com`, password: "not the password" }),
    });
  const statuses: number[] = [];
  for (let n = 1; n <= 11; n++) statuses.push((await guess(n)).status);
  expect(statuses).toEqual([...new Array(10).fill(401), 429]);
  const elsewhere = await fetchFrom(`${attacked.url}/api/auth/sign-in/email`, {
    method: "POST",
    from: randomAddress(),
    headers: { "content-type": "application/json", origin: attacked.url },
    body: JSON.stringify({ email: `${randomUUID()}@example.com`, password: "not the password" }),
  });
  expect(elsewhere.status).toBe(401);
  expect(await attacked.log.of("limited", 1)).toMatchObject([{ reason: "guesses", address: "127.0.0.1" }]);
});
