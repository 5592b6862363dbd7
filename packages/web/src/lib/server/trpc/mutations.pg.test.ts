import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, openApp } from "../../../../test/app";
import { createExampleTables } from "../../../../test/example/tables";

let app: App;
let POST: (context: { request: Request }) => Promise<Response>;

// A table whose owner column can be changed, so that a write can change the column that the access rule reads.
beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1", createExampleTables);
  const { handleTrpc, router } = await import("~/lib/trpc");
  const { mutationsOf } = await import("~/lib/server/trpc/mutations");
  const { note, noteAccess, updateNoteSchema } = await import("../../../../test/example/note.sql");
  const { z } = await import("zod");
  const schema = updateNoteSchema.extend({ authorId: z.string().optional() }).strict();
  POST = handleTrpc(router({ update: mutationsOf(note, noteAccess).update(schema) }));
});

afterAll(() => app[Symbol.asyncDispose]());

async function noteOf(authorId: string) {
  const id = randomUUID();
  await app.sql.query("insert into note (id, author_id, body) values ($1, $2, 'Hers')", [id, authorId]);
  const row = async () =>
    (await app.sql.query("select author_id, body from note where id = $1", [id])).rows[0];
  return { id, row };
}

async function update(input: object, headers: Record<string, string>) {
  const request = new Request(`${app.origin}/api/trpc/update`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(input),
  });
  return (await POST({ request })).status;
}

test("a caller cannot take over a row by writing their own id into it", async () => {
  const [ada, bob] = [await app.signUp(), await app.signUp("Bob")];
  const { id, row } = await noteOf(ada.id);
  expect(await update({ id, body: "His", authorId: bob.id }, bob.headers)).toBe(403);
  expect(await row()).toEqual({ author_id: ada.id, body: "Hers" });
});

test("a caller cannot write a row that belongs to another user after the write", async () => {
  const [ada, bob] = [await app.signUp(), await app.signUp("Bob")];
  const { id, row } = await noteOf(ada.id);
  expect(await update({ id, body: "Yours now", authorId: bob.id }, ada.headers)).toBe(403);
  expect(await row()).toEqual({ author_id: ada.id, body: "Hers" });
});
