import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ApiHandler } from "~/lib/server/http/api-routes";
import { userHeader } from "~/lib/wire/user-header";
import { openApp, type Person } from "../../../../test/app";
import { pictureFile, withSegment } from "../../../../test/pictures/files";

let app: Awaited<ReturnType<typeof openApp>>;
let take: ApiHandler;
let serve: ApiHandler;
let trpc: ApiHandler;
let download: ApiHandler;
let deleteAccount: (userId: string) => Promise<void>;

beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1");
  ({ takePicture: take } = await import("./take-picture"));
  ({ servePicture: serve } = await import("./serve-picture"));
  const { handleTrpc } = await import("~/lib/trpc");
  const { appRouter } = await import("~/lib/trpc/router");
  trpc = handleTrpc(appRouter);
  const { serveAccountData } = await import("~/lib/server/account-data");
  download = serveAccountData(async () => new Map());
  ({ deleteAccount } = await import("~/lib/server/auth/delete-account"));
});

afterAll(() => app[Symbol.asyncDispose]());

async function upload(
  headers: Record<string, string>,
  bytes = pictureFile("lossy.webp"),
  type = "image/webp",
) {
  const answer = await take({
    request: new Request(`${app.origin}/api/picture`, {
      method: "POST",
      headers: { ...headers, "content-type": type },
      body: bytes,
    }),
  });
  expect(answer.headers.get("cache-control")).toBe("private, no-store");
  const { address = "", message } = await answer.json();
  return { status: answer.status, address: String(address), message };
}

const read = (address: string, headers: Record<string, string> = {}) =>
  serve({ request: new Request(app.origin + address, { headers }) });

async function show(person: Person, image: string | null, name = "Ada") {
  const answer = await trpc({
    request: new Request(`${app.origin}/api/trpc/users.update`, {
      method: "POST",
      headers: { ...person.headers, "content-type": "application/json" },
      body: JSON.stringify({ id: person.id, image, name }),
    }),
  });
  return answer.status;
}

const kept = (person: Person) => readdir(join(app.pictures, person.id)).catch(() => []);
const nameIn = (address: string) => address.slice(address.indexOf(".") + 1);

test("a picture is kept, and is served to people who are signed in, as a picture and nothing else", async () => {
  const [ada, bob] = [await app.signUp(), await app.signUp("Bob")];
  const { status, address } = await upload(ada.headers);
  expect(status).toBe(201);
  expect(address).toMatch(new RegExp(`^/api/picture/${ada.id}\\.`));
  for (const person of [ada, bob]) {
    const answer = await read(address, person.headers);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "image/webp",
      "cache-control": "private, max-age=31536000, immutable",
      "content-security-policy": expect.stringMatching(/^default-src 'none';.*; sandbox$/),
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
    });
    expect(answer.headers.has("set-cookie")).toBe(false);
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
  }
  expect((await read(address)).status).toBe(401);
  for (const other of [address.replace(ada.id, bob.id), "/api/picture/", "/api/picture/..%2f..%2flinks.json"])
    expect((await read(other, ada.headers)).status, other).toBe(404);
});

test("where a photograph was taken is not kept", async () => {
  const ada = await app.signUp();
  const { address } = await upload(
    ada.headers,
    withSegment(pictureFile("plain.jpg"), 0xe1, "Exif\0\0GPS 48.2 N"),
    "image/jpeg",
  );
  const answer = await read(address, ada.headers);
  expect(answer.headers.get("content-type")).toBe("image/jpeg");
  expect(Buffer.from(await answer.arrayBuffer()).includes("GPS")).toBe(false);
});

test("a file that is no picture is refused in words, and nothing is kept", async () => {
  const ada = await app.signUp();
  expect(await upload(ada.headers, Buffer.from("<svg/>"), "image/svg+xml")).toMatchObject({
    status: 415,
    message: "Upload a picture of the type WebP or JPEG.",
  });
  expect((await upload(ada.headers, Buffer.from("<script>"))).status).toBe(400);
  expect(await kept(ada)).toEqual([]);
});

test("nobody uploads without a session, for another person, or from another site", async () => {
  const [ada, bob] = [await app.signUp(), await app.signUp("Bob")];
  expect((await upload({ origin: app.origin })).status).toBe(401);
  expect((await upload({ ...ada.headers, [userHeader]: bob.id })).status).toBe(401);
  expect((await upload({ ...ada.headers, origin: "https://evil.example" })).status).toBe(403);
  await app.sql.query("delete from session where user_id = $1", [ada.id]);
  expect((await upload(ada.headers)).status).toBe(401);
  expect([await kept(ada), await kept(bob)]).toEqual([[], []]);
});

test("a person shows only pictures of their own, and replaces nobody else's", async () => {
  const [ada, bob] = [await app.signUp(), await app.signUp("Bob")];
  const { address } = await upload(ada.headers);
  expect(await show(ada, address)).toBe(200);
  expect(await show(bob, address)).toBe(403);
  expect(await show({ ...bob, id: ada.id }, null)).toBe(403);
  const { rows } = await app.sql.query('select image from "user" where id = any($1) order by image', [
    [ada.id, bob.id],
  ]);
  expect(rows).toEqual([{ image: address }, { image: null }]);
  expect((await read(address, ada.headers)).status).toBe(200);
});

test("the old picture is deleted when it is replaced and when it is removed, and stays when the edit is refused", async () => {
  const ada = await app.signUp();
  const [first, second] = [await upload(ada.headers), await upload(ada.headers)];
  await show(ada, first.address);
  expect(await show(ada, second.address, " ")).toBe(400);
  expect(await kept(ada)).toEqual([nameIn(first.address), nameIn(second.address)].sort());
  expect(await show(ada, second.address)).toBe(200);
  expect(await kept(ada)).toEqual([nameIn(second.address)]);
  expect(await show(ada, second.address)).toBe(200);
  expect(await kept(ada)).toEqual([nameIn(second.address)]);
  expect(await show(ada, null)).toBe(200);
  expect(await kept(ada)).toEqual([]);
});

test("two edits at once leave the picture of the one that came last", async () => {
  const ada = await app.signUp();
  const addresses: string[] = [];
  for (let n = 0; n < 3; n++) addresses.push((await upload(ada.headers)).address);
  await show(ada, addresses[0] ?? null);
  await Promise.all(addresses.slice(1).map((address) => show(ada, address)));
  const { rows } = await app.sql.query('select image from "user" where id = $1', [ada.id]);
  expect(await kept(ada)).toEqual([nameIn(rows[0].image)]);
});

test("uploads whose edit never comes do not pile up, and the picture that is shown stays", async () => {
  const ada = await app.signUp();
  const shown = (await upload(ada.headers)).address;
  await show(ada, shown);
  let last = "";
  for (let n = 0; n < 5; n++) last = (await upload(ada.headers)).address;
  const names = await kept(ada);
  expect(names).toHaveLength(4);
  expect(names).toEqual(expect.arrayContaining([nameIn(shown), nameIn(last)]));
});

test("too many uploads in a row are refused until the next one comes back", async () => {
  const ada = await app.signUp();
  const statuses: number[] = [];
  for (let n = 0; n < 21; n++) statuses.push((await upload(ada.headers)).status);
  expect(statuses).toEqual([...new Array(20).fill(201), 429]);
  expect((await upload((await app.signUp("Bob")).headers)).status).toBe(201);
});

test("the picture is part of the person's data, and goes with the account", async () => {
  const ada = await app.signUp();
  const { address } = await upload(ada.headers);
  await show(ada, address);
  const answer = await download({ request: new Request(app.origin, { headers: ada.headers }) });
  const { picture } = await answer.json();
  const served = await read(address, ada.headers);
  expect(picture).toEqual({
    type: "image/webp",
    base64: Buffer.from(await served.arrayBuffer()).toString("base64"),
  });
  await deleteAccount(ada.id);
  expect(await readdir(app.pictures)).not.toContain(ada.id);
});

test("a store that fails keeps the account, and tells the person no more than to try again", async () => {
  const ada = await app.signUp();
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  // A file stands where the folder of the person should be.
  await writeFile(join(app.pictures, ada.id), "");
  try {
    expect(await upload(ada.headers)).toMatchObject({
      status: 503,
      message: "The picture could not be kept. Try again in a moment.",
    });
    await expect(deleteAccount(ada.id)).rejects.toThrow();
    const { rowCount } = await app.sql.query('select from "user" where id = $1', [ada.id]);
    expect(rowCount).toBe(1);
  } finally {
    await rm(join(app.pictures, ada.id));
    log.mockRestore();
  }
});
