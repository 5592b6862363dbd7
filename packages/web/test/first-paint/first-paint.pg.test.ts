import { randomUUID } from "node:crypto";
import { createLiveQueryCollection } from "@tanstack/react-db";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { FirstPaint } from "~/lib/sync/per-user";
import { type App, openApp, type Person } from "../app";
import { newPage, serve, stubBrowser, trpcOf } from "../example/browser";
import type { exampleCollections } from "../example/collections";
import { createExampleTables } from "../example/tables";
import { startShapeServer } from "../shape-server";

// What the server reads for the first paint, and how a collection goes on from there, on a real Postgres.
const stack = new AsyncDisposableStack();
const opened: ReturnType<typeof exampleCollections>[] = [];
let app: App;
let ada: Person;
let bob: Person;
let read: (names: readonly string[], person: Person) => Promise<FirstPaint>;
let open: (firstPaint: FirstPaint | undefined, person?: Person) => ReturnType<typeof exampleCollections>;
/** Answers requests for shapes once the promise that it returns for the offset resolves. */
let answering = async (_offset: string | null): Promise<void> => {};

beforeAll(async () => {
  const shapeServer = async (databaseUrl: string) => stack.use(await startShapeServer(databaseUrl)).url;
  app = stack.use(await openApp(shapeServer, createExampleTables));
  const { exampleHandlers, exampleShapes } = await import("../example/server");
  const { firstRows } = await import("~/lib/server/shapes/first-rows");
  const policyOf = async (name: string) =>
    Object.entries(exampleShapes).find(([path]) => path === `/api/${name}`)?.[1].policy;
  const late = async (context: { request: Request }) => {
    await answering(new URL(context.request.url).searchParams.get("offset"));
    return await exampleHandlers["/api/notes"](context);
  };
  const server = stack.use(await serve(app.origin, { ...exampleHandlers, "/api/notes": late }));
  ada = await app.signUp("Ada");
  bob = await app.signUp("Bob");
  stubBrowser(server.url, [ada, bob]);
  read = (names, person) => firstRows(names, person.id, policyOf);
  const { exampleCollections } = await import("../example/collections");
  open = (firstPaint, person = ada) => {
    newPage();
    const collections = exampleCollections(person.id, trpcOf(server.url, person), firstPaint);
    opened.push(collections);
    return collections;
  };
});

afterEach(async () => {
  answering = async () => {};
  await Promise.all(opened.splice(0).map((collections) => collections.end()));
  await app.sql.query("delete from note");
});

afterAll(async () => {
  vi.unstubAllGlobals();
  await stack.disposeAsync();
});

/** Adds a note by SQL. Returns its id. */
async function addNote(author: Person, body: string, sharedWith: Person[] = []): Promise<string> {
  const { rows } = await app.sql.query(
    "insert into note (id, author_id, body, shared_with) values ($1, $2, $3, $4) returning id",
    [randomUUID(), author.id, body, sharedWith.map(({ id }) => id)],
  );
  return String(rows[0].id);
}

/** Holds back every answer of the notes' shape until the returned function is called. */
function holdShape(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  answering = () => promise;
  return resolve;
}

/** Holds back every answer of the notes' shape but the first. */
function holdSecondAnswer(): { asked: Promise<void>; answer: () => void } {
  const asked = Promise.withResolvers<void>();
  const { promise, resolve } = Promise.withResolvers<void>();
  answering = async (offset) => {
    if (offset === "-1") return;
    asked.resolve();
    await promise;
  };
  return { asked: asked.promise, answer: resolve };
}

test("a page gets the rows that its person may read, with the columns of the shape, and no other", async () => {
  const own = await addNote(ada, "own");
  const shared = await addNote(bob, "shared", [ada]);
  await addNote(bob, "secret");
  const { userId, asOf, rows } = await read(["notes"], ada);
  expect(userId).toBe(ada.id);
  expect(Math.abs(Date.now() - asOf)).toBeLessThan(60_000);
  expect(rows.notes?.map(({ id }) => id).toSorted()).toEqual([own, shared].toSorted());

  await app.sql.query(
    "insert into project (id, owner_id, name) values (gen_random_uuid(), $1, 'Harbour Street 5')",
    [ada.id],
  );
  const { rows: projects } = await read(["projects"], ada);
  expect(projects.projects).toMatchObject([{ name: "Harbour Street 5" }]);
  expect(projects.projects?.[0]).not.toHaveProperty("internalNote");
});

test("a table that is too long for a page, that is loaded on demand, or that does not exist is left out", async () => {
  const complaints = vi.spyOn(console, "error").mockImplementation(() => {});
  await app.sql.query(
    `insert into note (id, author_id, body, shared_with)
     select gen_random_uuid(), $1, 'note', '{}' from generate_series(1, 201)`,
    [ada.id],
  );
  expect((await read(["notes", "readings", "nothing"], ada)).rows).toEqual({});
  expect(complaints).toHaveBeenCalledTimes(2);
  complaints.mockRestore();
});

test("a query shows the first rows at once, while the shape is on its way", async () => {
  const id = await addNote(ada, "at once");
  const firstPaint = await read(["notes"], ada);
  const answer = holdShape();
  const { notes } = open(firstPaint);
  const query = createLiveQueryCollection({ query: (q) => q.from({ note: notes }), startSync: true });
  expect(query.toArray).toMatchObject([{ id, body: "at once" }]);
  expect(query.isReady()).toBe(true);
  answer();
  await query.cleanup();
});

test("the rows of the page show also when half of the shape came before them", async () => {
  const [id, gone] = [await addNote(ada, "at once"), await addNote(ada, "gone")];
  const firstPaint = await read(["notes"], ada);
  await app.sql.query("update note set body = 'after' where id = $1", [id]);
  await app.sql.query("delete from note where id = $1", [gone]);
  const { asked, answer } = holdSecondAnswer();
  const { notes, show } = open(undefined);
  notes.startSyncImmediate();
  await asked;
  expect(notes.size).toBe(0);
  show(firstPaint);
  expect(notes.toArray.map(({ body }) => body).toSorted()).toEqual(["at once", "gone"]);
  answer();
  await vi.waitFor(() => expect(notes.toArray).toMatchObject([{ id, body: "after" }]), { timeout: 30_000 });
});

test("what has changed since the page was made comes with the shape, without an empty moment", async () => {
  const [changed, gone] = [await addNote(ada, "before"), await addNote(ada, "gone")];
  const firstPaint = await read(["notes"], ada);
  await app.sql.query("update note set body = 'after' where id = $1", [changed]);
  await app.sql.query("delete from note where id = $1", [gone]);
  const added = await addNote(ada, "new");
  const { notes, monitor } = open(firstPaint);
  const sizes = new Set<number>();
  const query = createLiveQueryCollection({ query: (q) => q.from({ note: notes }), startSync: true });
  query.subscribeChanges(() => sizes.add(query.size));
  await vi.waitFor(() => expect(monitor.report().state).toBe("live"), { timeout: 30_000 });
  await vi.waitFor(() => expect(notes.has(added)).toBe(true), { timeout: 30_000 });
  expect(notes.get(changed)?.body).toBe("after");
  expect(notes.has(gone)).toBe(false);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(2);
  await app.sql.query("update note set body = 'live' where id = $1", [changed]);
  await vi.waitFor(() => expect(notes.get(changed)?.body).toBe("live"), { timeout: 30_000 });
  await query.cleanup();
});

test("when the shape is empty by now, so is the collection", async () => {
  const id = await addNote(ada, "gone");
  const firstPaint = await read(["notes"], ada);
  await app.sql.query("delete from note");
  const { notes } = open(firstPaint);
  notes.startSyncImmediate();
  expect(notes.has(id)).toBe(true);
  await vi.waitFor(() => expect(notes.size).toBe(0), { timeout: 30_000 });
});

test("an edit of a first row shows at once, and is confirmed through the shape", async () => {
  const id = await addNote(ada, "before");
  const firstPaint = await read(["notes"], ada);
  const answer = holdShape();
  const { notes } = open(firstPaint);
  notes.startSyncImmediate();
  const edit = notes.update(id, (draft) => {
    draft.body = "edited";
  });
  expect(notes.get(id)?.body).toBe("edited");
  answer();
  await edit.isPersisted.promise;
  expect(notes.get(id)?.body).toBe("edited");
});

test("a collection takes no rows that came with the page of another person", async () => {
  await addNote(ada, "Ada's");
  const firstPaint = await read(["notes"], ada);
  expect(firstPaint.rows.notes).toHaveLength(1);
  const answer = holdShape();
  const { notes } = open(firstPaint, bob);
  notes.startSyncImmediate();
  expect(notes.size).toBe(0);
  answer();
});
