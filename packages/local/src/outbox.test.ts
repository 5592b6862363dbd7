import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Outbox, startOutbox } from "./outbox.ts";

let dir = "";
let outbox: Outbox;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tracer-outbox-"));
  outbox = await startOutbox({ dir: join(dir, "outbox") });
});
afterEach(async () => {
  await outbox.close();
  await rm(dir, { recursive: true, force: true });
});

/** Sends a mail as any mail program does. Resolves when the server has taken the mail. */
async function mail(subject: string, text = "Hello."): Promise<void> {
  const from = "app@example.com";
  await createTransport(outbox.smtpUrl).sendMail({ from, to: "ada@example.com", subject, text });
}

const get = async (path: string) => (await fetch(outbox.url + path)).text();

test("mails are on the page, the newest first, and survive a restart", async () => {
  await mail("First");
  await mail("Second <b>", "Open http://localhost:3000/x#token=1");
  await outbox.close();
  outbox = await startOutbox({ dir: join(dir, "outbox") });
  const page = await get("/");
  expect([...page.matchAll(/<h2[^>]*>([^<]*)/g)].map(([, subject]) => subject)).toEqual([
    "Second &#60;b&#62;",
    "First",
  ]);
  expect(page).toContain('<a href="http://localhost:3000/x#token=1">');
  expect(JSON.parse(await get("/mails.json"))).toMatchObject([
    { subject: "Second <b>", to: "ada@example.com", text: "Open http://localhost:3000/x#token=1" },
    { subject: "First" },
  ]);
});

test("a page that is open hears of a mail", async () => {
  const events = await fetch(`${outbox.url}/events`);
  const reader = events.body?.getReader();
  await mail("First");
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain("event: mail");
  await reader?.cancel();
});

test("the mails are for their owner alone", async () => {
  await mail("First");
  const [file = ""] = await readdir(join(dir, "outbox"));
  expect((await stat(join(dir, "outbox"))).mode & 0o777).toBe(0o700);
  expect((await stat(join(dir, "outbox", file))).mode & 0o777).toBe(0o600);
});

test("a page of the internet that points its name at this machine reads nothing", async () => {
  await mail("First");
  const { port } = new URL(outbox.url);
  const status = await new Promise((done) =>
    request({ host: "127.0.0.1", port, path: "/mails.json", headers: { host: "evil.example" } })
      .on("response", (response) => done(response.resume().statusCode))
      .end(),
  );
  expect(status).toBe(403);
});
