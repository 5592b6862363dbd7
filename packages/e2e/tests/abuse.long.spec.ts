import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "@playwright/test";
import { type App, startApp } from "@tracer/local/app";
import { fetchFrom, randomAddress } from "../src/from-address.ts";
import { logLines } from "../src/log-lines.ts";
import { expect } from "../src/test.ts";
import { unfinishedPost } from "../src/unfinished.ts";

// What a stranger uses up counts for everybody at the same address, and so each of these tests has an app of its own.

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
