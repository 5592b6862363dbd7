import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openApp } from "../../../test/app";

let app: Awaited<ReturnType<typeof openApp>>;
let POST: (context: { request: Request }) => Promise<Response>;

beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1");
  const { handleTrpc } = await import("~/lib/trpc");
  const { router } = await import("~/lib/trpc");
  const { usersRouter } = await import("~/lib/trpc/users");
  POST = handleTrpc(router({ users: usersRouter }));
});

afterAll(() => app[Symbol.asyncDispose]());

async function update(input: unknown, headers: Record<string, string>) {
  const answer = await POST({
    request: new Request(`${app.origin}/api/trpc/users.update`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(input),
    }),
  });
  const body = await answer.json();
  expect(answer.headers.get("cache-control")).toBe("private, no-store");
  return { status: answer.status, txid: body.result?.data.txid, message: body.error?.message };
}

const rowOf = async (id: string) =>
  (await app.sql.query('select *, xmin::text::int8 as xmin from "user" where id = $1', [id])).rows[0];

test("writes name and image and answers the txid that Postgres stamped on the row", async () => {
  const ada = await app.signUp();
  const { status, txid } = await update(
    { id: ada.id, name: "  Ada L. ", image: "https://example.com/a.png" },
    ada.headers,
  );
  expect(status).toBe(200);
  expect(await rowOf(ada.id)).toMatchObject({
    name: "Ada L.",
    image: "https://example.com/a.png",
    xmin: String(txid),
  });
});

test("an edit that changes nothing still changes updated_at, so that it comes back and is confirmed", async () => {
  const ada = await app.signUp();
  const before = await rowOf(ada.id);
  const { status, txid } = await update({ id: ada.id }, ada.headers);
  const after = await rowOf(ada.id);
  expect(status).toBe(200);
  expect(after.xmin).toBe(String(txid));
  expect(after.updated_at > before.updated_at).toBe(true);
});

test.for([
  ["an empty name", { name: "" }, "Enter your name."],
  ["a name of spaces", { name: " \t " }, "Enter your name."],
  ["a name of 81 characters", { name: "x".repeat(81) }, "Use at most 80 characters for your name."],
  ["a name with a NUL", { name: "a\0b" }, "Leave out control characters."],
  ["a name that is no text", { name: 7 }, /^Enter text\.$/],
  ["no name", { name: null }, /^Fill this in\.$/],
  ["an image that runs a script", { image: "javascript:alert(1)" }, /starts with http/],
  ["an image that is data", { image: "data:image/png;base64,AA" }, /starts with http/],
  ["an image that is no address", { image: "avatar.png" }, /starts with http/],
  ["an image of 2,049 characters", { image: `https://x.test/${"y".repeat(2034)}` }, /at most 2,048/],
] as const)("refuses %s with 400 and says why", async ([, changes, why]) => {
  const ada = await app.signUp();
  const { status, message } = await update({ id: ada.id, ...changes }, ada.headers);
  expect(status).toBe(400);
  expect(message).toMatch(why);
  expect(await rowOf(ada.id)).toMatchObject({ name: "Ada", image: null });
});

test.for([
  "email",
  "emailVerified",
  "email_verified",
  "createdAt",
  "updatedAt",
  "role",
  "userId",
  "$key",
  "__proto__x",
])("refuses the field %s with 400", async (field) => {
  const ada = await app.signUp();
  const before = await rowOf(ada.id);
  const { status } = await update({ id: ada.id, name: "Eve", [field]: "eve@example.com" }, ada.headers);
  expect(status).toBe(400);
  expect(await rowOf(ada.id)).toEqual(before);
});

test("no input writes anything but name and image of the caller's own row", async () => {
  const ada = await app.signUp();
  const bob = await app.signUp("Bob");
  const bobsRow = await rowOf(bob.id);
  const { name: _n, image: _i, updated_at: _u, xmin: _x, ...fixed } = await rowOf(ada.id);
  const id = fc.constantFrom(ada.id, bob.id, "", "nobody");
  const fields = fc.dictionary(
    fc.oneof(fc.constantFrom("name", "image", "email"), fc.string()),
    fc.anything(),
  );
  await fc.assert(
    fc.asyncProperty(id, fields, async (to, sent) => {
      const { status } = await update({ ...sent, id: to }, ada.headers).catch((error) => {
        if (error instanceof TypeError) return { status: 400 }; // no JSON can be made of a bigint
        throw error;
      });
      expect([200, 400, 403]).toContain(status);
      expect(await rowOf(ada.id)).toMatchObject(fixed);
      expect(await rowOf(bob.id)).toEqual(bobsRow);
    }),
    { numRuns: 100 },
  );
});

test("refuses another's row and a row that is not there with the same answer", async () => {
  const ada = await app.signUp();
  const bob = await app.signUp("Bob");
  const foreign = await update({ id: bob.id, name: "Eve" }, ada.headers);
  const missing = await update({ id: "nobody", name: "Eve" }, ada.headers);
  expect(foreign).toEqual({ status: 403, message: "You can change only what is yours." });
  expect(missing).toEqual(foreign);
  expect(await rowOf(bob.id)).toMatchObject({ name: "Bob" });
});

test("refuses a caller without a session, and one whose session was revoked a moment ago", async () => {
  const ada = await app.signUp();
  expect((await update({ id: ada.id, name: "Eve" }, { origin: app.origin })).status).toBe(401);
  await app.sql.query("delete from session where user_id = $1", [ada.id]);
  expect((await update({ id: ada.id, name: "Eve" }, ada.headers)).status).toBe(401);
  expect(await rowOf(ada.id)).toMatchObject({ name: "Ada" });
});

test.for([
  ["another site", { origin: "https://evil.example" }],
  ["a sibling site", { origin: "http://other.app.test" }],
  ["an opaque origin", { origin: "null" }],
] as const)("refuses a write from %s with 403", async ([, foreign]) => {
  const ada = await app.signUp();
  expect((await update({ id: ada.id, name: "Eve" }, { ...ada.headers, ...foreign })).status).toBe(403);
});

test("refuses a form of another site, which can send no JSON", async () => {
  const ada = await app.signUp();
  const { status } = await update(
    { id: ada.id, name: "Eve" },
    { ...ada.headers, "content-type": "text/plain" },
  );
  expect(status).toBe(415);
});

test("refuses a batch, by which one request could bring thousands of writes", async () => {
  const ada = await app.signUp();
  const before = await rowOf(ada.id);
  const answer = await POST({
    request: new Request(`${app.origin}/api/trpc/users.update,users.update?batch=1`, {
      method: "POST",
      headers: { "content-type": "application/json", ...ada.headers },
      body: JSON.stringify({ 0: { id: ada.id, name: "One" }, 1: { id: ada.id, name: "Two" } }),
    }),
  });
  expect(answer.status).toBe(400);
  expect(await rowOf(ada.id)).toEqual(before);
});

test("tells nothing of an error that is not the person's", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const ada = await app.signUp();
  await app.sql.query('alter table "user" rename column image to picture');
  try {
    const { status, message } = await update({ id: ada.id, name: "Eve", image: null }, ada.headers);
    expect(status).toBe(500);
    expect(message).toBe("Something went wrong on our side, and nothing was saved. Try again in a moment.");
    expect(log.mock.lastCall?.join()).toContain('column "image" does not exist');
    expect(log.mock.lastCall?.join()).not.toContain(ada.id);
  } finally {
    await app.sql.query('alter table "user" rename column picture to image');
    log.mockRestore();
  }
});
