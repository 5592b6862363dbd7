import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, startApp } from "@tracer/local/app";
import { test as base, expect, expectProfile } from "../src/test.ts";

/** A second app with a stack of its own, on another port of the same host. */
const test = base.extend<{ neighbour: App }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  neighbour: async ({}, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-neighbour-"));
    const app = await startApp({ mode: "built", dataDir, fsync: false });
    await use(app);
    await app.close();
    await rm(dataDir, { recursive: true, force: true });
  },
});

test("two apps on one host keep a person signed in at both, until that person signs out", async ({
  app,
  neighbour,
  context,
  signUp,
}) => {
  const ours = await context.newPage();
  await signUp(ours, "Ada here");
  const theirs = await context.newPage();
  await theirs.goto(`${neighbour.url}/sign-in?mode=sign-up`);
  await theirs.getByLabel("Name").fill("Ada there");
  await theirs.getByLabel("Email").fill(`${randomUUID()}@example.com`);
  await theirs.getByLabel("Password", { exact: true }).fill("correct horse battery");
  await theirs.getByRole("button", { name: "Create account" }).click();
  await expectProfile(theirs, "Ada there");

  await ours.goto(`${app.url}/profile`);
  await expectProfile(ours, "Ada here");
  await theirs.reload();
  await expectProfile(theirs, "Ada there");

  await theirs.getByRole("button", { name: "Sign out" }).click();
  await expect(theirs).toHaveURL(`${neighbour.url}/`);
  await ours.reload();
  await expectProfile(ours, "Ada here");
});
