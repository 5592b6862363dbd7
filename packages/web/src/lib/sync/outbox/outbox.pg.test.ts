import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type App, openApp, type Person } from "../../../../test/app";
import { newPage, serve, stubBrowser, trpcOf } from "../../../../test/example/browser";
import type { exampleCollections } from "../../../../test/example/collections";
import {
  answer,
  type Fault,
  faultyWire,
  hold,
  loseAnswer,
  loseRequest,
} from "../../../../test/example/faulty-wire";
import type { Project } from "../../../../test/example/project.sql";
import { createExampleTables } from "../../../../test/example/tables";
import { seen } from "../../../../test/seen";
import { startShapeServer } from "../../../../test/shape-server";
import { WriteRefused } from "./edit";

// The outbox against the real server. Only the network between them has faults.
const stack = new AsyncDisposableStack();
let app: App;
let ada: Person;
let bob: Person;
let wire: ReturnType<typeof faultyWire>;
let page: Awaited<ReturnType<typeof open>>;
let open: (person: Person) => Promise<ReturnType<typeof exampleCollections>>;

beforeAll(async () => {
  const shapeServer = async (databaseUrl: string) => stack.use(await startShapeServer(databaseUrl)).url;
  app = stack.use(await openApp(shapeServer, createExampleTables));
  const { exampleShapes, exampleTrpc } = await import("../../../../test/example/server");
  const server = stack.use(await serve(app.origin, { ...exampleShapes, "/api/trpc": exampleTrpc }));
  [ada, bob] = [await app.signUp("Ada"), await app.signUp("Bob")];
  stubBrowser(server.url, [ada, bob]);
  wire = faultyWire();
  const { exampleCollections } = await import("../../../../test/example/collections");
  open = async (person) => {
    newPage();
    const collections = exampleCollections(person.id, trpcOf(server.url, person));
    await Promise.all([
      collections.projects.preload(),
      collections.projectMembers.preload(),
      collections.notes.preload(),
    ]);
    return collections;
  };
});

beforeEach(async () => {
  page = await open(ada);
});

afterEach(async () => {
  wire.faults.splice(0);
  wire.pushes.splice(0);
  await page.outbox.discard();
  await page.end();
});

afterAll(async () => {
  vi.unstubAllGlobals();
  await stack.disposeAsync();
});

function newProject(changes: Partial<Project> = {}): Project {
  const now = new Date();
  return {
    ...{ id: randomUUID(), ownerId: ada.id, name: "House", status: "active", isPinned: false, area: null },
    ...{ budgetCents: null, floors: 1, slope: null, tags: [], corners: null, payments: null, visits: null },
    ...{ settings: {}, startsOn: null, surveyedAt: null, remindAt: null, createdAt: now, updatedAt: now },
    ...changes,
  };
}

function newMember(projectId: string) {
  const now = new Date();
  return { id: randomUUID(), projectId, userId: bob.id, createdAt: now, updatedAt: now };
}

const rename = (id: string, name: string) =>
  page.projects.update(id, (draft) => {
    draft.name = name;
  });

async function savedProject(changes?: Partial<Project>) {
  const project = newProject(changes);
  await page.projects.insert(project).isPersisted.promise;
  return project.id;
}

const inDatabase = async (id: string) =>
  (await app.sql.query("select name, floors, xmin::text from project where id = $1", [id])).rows[0] as
    | { name: string; floors: number; xmin: string }
    | undefined;

/** How many outcomes the server has recorded. */
const outcomes = async () =>
  Number((await app.sql.query("select count(*) from client_transaction")).rows[0].count);

test("of two quick edits of a row the second one wins, in 25 of 25 tries", async () => {
  const id = await savedProject();
  for (let n = 0; n < 25; n++) {
    rename(id, `a${n}`);
    // In half of the tries the first edit is already on its way.
    if (n % 2)
      await vi.waitUntil(() => wire.pushes.at(-1)?.includes(`"a${n}"`), { timeout: 30_000, interval: 1 });
    await rename(id, `b${n}`).isPersisted.promise;
    expect([(await inDatabase(id))?.name, page.projects.get(id)?.name]).toEqual([`b${n}`, `b${n}`]);
  }
});

test("edits of several tables arrive in their order, and waiting edits travel together", async () => {
  const id = await savedProject();
  wire.pushes.splice(0);
  const first = hold();
  wire.faults.push(first.fault);
  rename(id, "First");
  await first.reached;
  const project = newProject();
  page.projects.insert(project);
  const member = page.projectMembers.insert(newMember(project.id));
  rename(id, "Second");
  first.go();
  await member.isPersisted.promise;
  expect((await inDatabase(id))?.name).toBe("Second");
  expect(wire.pushes).toHaveLength(2);
});

test("an edit that is to wait for long is sent as soon as the sync is back", async () => {
  const id = await savedProject();
  wire.faults.push(answer(503, { "retry-after": "3600" }));
  const edit = rename(id, "After the outage");
  await vi.waitUntil(() => page.outbox.state.read().waiting[0]?.status === "unconfirmed", {
    timeout: 30_000,
  });
  page.monitor.watch("projects").giveUp();
  await edit.isPersisted.promise;
  expect((await inDatabase(id))?.name).toBe("After the outage");
});

test("other rows stay live while an edit waits for the server, also a row that goes and comes back", async () => {
  const [mine, other] = [await savedProject(), await savedProject({ name: "Other" })];
  const { rows } = await app.sql.query("select * from project where id = $1", [other]);
  const waiting = hold();
  wire.faults.push(waiting.fault);
  const edit = rename(mine, "Waits");
  await waiting.reached;
  await app.sql.query("delete from project where id = $1", [other]);
  await seen(() => expect(page.projects.has(other)).toBe(false));
  await app.sql.query("insert into project select * from json_populate_record(null::project, $1)", [
    JSON.stringify({ ...rows[0], name: "Back again" }),
  ]);
  await seen(() => expect(page.projects.get(other)?.name).toBe("Back again"));
  expect(page.projects.get(mine)?.name).toBe("Waits");
  waiting.go();
  await edit.isPersisted.promise;
  expect([(await inDatabase(mine))?.name, page.projects.get(mine)?.name]).toEqual(["Waits", "Waits"]);
});

test("a row shows a later change by somebody else, also when that change overtakes the answer to an edit", async () => {
  const [id, marker] = [await savedProject(), await savedProject()];
  const { promise: letGo, resolve: go } = Promise.withResolvers<void>();
  wire.faults.push(async (send) => {
    const answered = await send();
    await letGo;
    return answered;
  });
  const edit = rename(id, "Mine");
  await seen(async () => expect((await inDatabase(id))?.name).toBe("Mine"));
  await app.sql.query("update project set name = 'Theirs' where id = $1", [id]);
  // The sync brings changes in their order.
  await app.sql.query("update project set name = 'Later' where id = $1", [marker]);
  await seen(() => expect(page.projects.get(marker)?.name).toBe("Later"));
  go();
  await edit.isPersisted.promise;
  expect(page.projects.get(id)?.name).toBe("Theirs");
});

test("an insert of several rows with a refused one leaves nothing, in the page and in Postgres", async () => {
  const [good, bad] = [newProject(), newProject({ name: "x".repeat(121) })];
  const inserted = page.projects.insert([good, bad]);
  expect(page.projects.has(good.id)).toBe(true);
  await expect(inserted.isPersisted.promise).rejects.toThrow(/120/);
  expect([page.projects.has(good.id), await inDatabase(good.id)]).toEqual([false, undefined]);
});

test("a transaction over several collections is one in Postgres, or nothing", async () => {
  const project = newProject();
  const made = page.outbox.transact(() => {
    page.projects.insert(project);
    page.projectMembers.insert(newMember(project.id));
  });
  await made.isPersisted.promise;
  const { rows } = await app.sql.query("select xmin::text from project_member where project_id = $1", [
    project.id,
  ]);
  expect(rows).toEqual([{ xmin: (await inDatabase(project.id))?.xmin }]);

  const other = newProject();
  const refused = page.outbox.transact(() => {
    page.projects.insert(other);
    page.projectMembers.insert(newMember(randomUUID()));
  });
  await expect(refused.isPersisted.promise).rejects.toThrow("You can change only what is yours.");
  expect([page.projects.has(other.id), await inDatabase(other.id)]).toEqual([false, undefined]);
});

test("an edit whose answer is lost, or which does not arrive, is sent again and saved once", async () => {
  const id = await savedProject();
  const before = await outcomes();
  wire.faults.push(loseAnswer, loseRequest, answer(503, { "retry-after": "0" }), loseAnswer);
  const saved = rename(id, "Once");
  await seen(() => expect(page.outbox.state.read().waiting[0]?.status).toBe("unconfirmed"));
  const [shown] = page.outbox.state.read().waiting;
  expect(shown?.changes).toMatchObject([
    { collection: "projects", type: "update", key: id, value: { name: "Once" } },
  ]);
  await page.outbox.outcomeOf(saved);
  expect([(await inDatabase(id))?.name, await outcomes()]).toEqual(["Once", before + 1]);
  expect(page.outbox.state.read().waiting).toEqual([]);
});

test("a request that arrives after its repetition changes nothing", async () => {
  const id = await savedProject();
  const late = hold();
  const arrived = Promise.withResolvers<void>();
  wire.faults.push(async (send) => {
    void late.fault(send).then(() => arrived.resolve());
    throw new TypeError("fetch failed");
  });
  await rename(id, "Early").isPersisted.promise;
  await rename(id, "Last").isPersisted.promise;
  late.go();
  await arrived.promise;
  expect((await inDatabase(id))?.name).toBe("Last");
});

test("an edit that is too big for a request is refused with a message before anything is sent", async () => {
  const long = page.notes.insert({
    ...{ id: randomUUID(), authorId: ada.id, body: "x".repeat(1_100_000), sharedWith: [] },
    ...{ createdAt: new Date(), updatedAt: new Date() },
  });
  await expect(long.isPersisted.promise).rejects.toThrow(/too big to send: at most 1 MB/);
  const many = page.projects.insert(Array.from({ length: 101 }, () => newProject()));
  await expect(many.isPersisted.promise).rejects.toThrow(/at most 100 rows at once/);
  expect(wire.pushes).toEqual([]);
  expect(page.outbox.state.read().refused).toHaveLength(2);
});

test("of several edits that are too big together, only the one that is too big alone is refused", async () => {
  const id = await savedProject();
  const big = "B".repeat(110);
  const gateway: Fault = (send) => (wire.pushes.at(-1)?.includes(big) ? answer(413)(send) : send());
  wire.faults.push(gateway, gateway, gateway, gateway);
  const [one, two, three] = [rename(id, "Small"), rename(id, big), rename(id, "Third")];
  await one.isPersisted.promise;
  await expect(two.isPersisted.promise).rejects.toThrow(/too big to send/);
  await three.isPersisted.promise;
  expect((await inDatabase(id))?.name).toBe("Third");
});

test("an edit after a refused edit of the same row is written", async () => {
  const id = await savedProject();
  const refused = rename(id, "x".repeat(121));
  const good = page.projects.update(id, (draft) => {
    draft.floors = 7;
  });
  await expect(page.outbox.outcomeOf(refused)).rejects.toBeInstanceOf(WriteRefused);
  await good.isPersisted.promise;
  expect(await inDatabase(id)).toMatchObject({ name: "House", floors: 7 });
  expect(page.projects.get(id)).toMatchObject({ name: "House", floors: 7 });
});

test("an edit of a row whose insert was refused is refused with that reason", async () => {
  const project = newProject({ area: "twelve" });
  const inserted = page.projects.insert(project);
  const renamed = rename(project.id, "Renamed");
  await expect(page.outbox.outcomeOf(inserted)).rejects.toThrow("These values are not allowed.");
  await expect(page.outbox.outcomeOf(renamed)).rejects.toThrow(
    "An earlier change of the same row was refused.",
  );
  expect(page.projects.has(project.id)).toBe(false);
});

test("a refusal names the field, and is listed with the typed text when no caller waits", async () => {
  const id = await savedProject();
  const waited = page.outbox.outcomeOf(rename(id, "x".repeat(121)));
  await expect(waited).rejects.toMatchObject({ code: "BAD_REQUEST", fields: { name: /120/ } });
  expect(page.outbox.state.read().refused).toEqual([]);

  const left = new AbortController();
  const outcome = page.outbox.outcomeOf(rename(id, "y".repeat(121)), { until: left.signal });
  left.abort();
  await expect(outcome).rejects.toThrow(/120/);
  const [refused] = page.outbox.state.read().refused;
  expect(refused).toMatchObject({ message: /120/, changes: [{ key: id, value: { name: "y".repeat(121) } }] });
  refused?.tryAgain();
  await seen(() => expect(page.outbox.state.read().refused[0]?.id).not.toBe(refused?.id));
  await seen(() => expect(page.outbox.state.read().refused).toHaveLength(1));
  page.outbox.state.read().refused[0]?.dismiss();
  expect(page.outbox.state.read()).toEqual({ waiting: [], refused: [] });
});

test("an edit reports the end of the session, and waits for the next sign-in", async () => {
  const { onSessionEnd } = await import("~/lib/session/session-end");
  const ended = vi.fn();
  const stop = onSessionEnd(ended);
  const id = await savedProject();
  const { rows } = await app.sql.query("delete from session where user_id = $1 returning *", [ada.id]);
  const saved = rename(id, "After signing in");
  await seen(() => expect(ended).toHaveBeenCalled());
  expect(page.outbox.state.read().waiting).toHaveLength(1);
  await app.sql.query("insert into session select * from json_populate_recordset(null::session, $1)", [
    JSON.stringify(rows),
  ]);
  page.outbox.retry();
  await page.outbox.outcomeOf(saved);
  expect((await inDatabase(id))?.name).toBe("After signing in");
  stop();
});

test("the session of another person does not write the edits of this page", async () => {
  const id = await savedProject();
  const mixed = { ...ada.headers };
  ada.headers.cookie = bob.headers.cookie;
  const saved = rename(id, "Hers");
  await seen(() => expect(page.outbox.state.read().waiting[0]?.status).toBe("unconfirmed"));
  expect((await inDatabase(id))?.name).toBe("House");
  ada.headers.cookie = mixed.cookie;
  page.outbox.retry();
  await page.outbox.outcomeOf(saved);
  expect((await inDatabase(id))?.name).toBe("Hers");
});

test("the next page of the same person shows and sends unsent edits, in order", async () => {
  const id = await savedProject();
  const before = await outcomes();
  const late = hold();
  wire.faults.push(late.fault);
  rename(id, "First");
  page.projects.update(id, (draft) => {
    draft.floors = 5;
  });
  await late.reached;
  await page.end();

  wire.faults.push(loseRequest);
  const his = await open(bob);
  page = await open(ada);
  await seen(() => expect(page.projects.get(id)).toMatchObject({ name: "First", floors: 5 }));
  expect(his.outbox.state.read().waiting).toEqual([]);
  late.go();
  await seen(() => expect(page.outbox.state.read().waiting).toEqual([]));
  expect([await inDatabase(id), await outcomes()]).toMatchObject([{ name: "First", floors: 5 }, before + 2]);
  await his.end();
});

test("an open tab takes over the edits of another tab when that tab closes, and not before", async () => {
  const id = await savedProject();
  const other = await open(ada);
  const late = hold();
  wire.faults.push(late.fault);
  const renamed = rename(id, "From the other tab");
  await late.reached;
  expect(other.outbox.state.read().waiting).toEqual([]);
  await page.end();
  await seen(async () => expect((await inDatabase(id))?.name).toBe("From the other tab"));
  late.go();
  expect(renamed.state).toBe("persisting");
  await seen(() => expect(other.outbox.state.read().waiting).toEqual([]));
  await other.end();
});

test("a refused edit of an earlier page is undone and listed, and forgotten when the person dismisses it", async () => {
  const id = await savedProject();
  const late = hold();
  wire.faults.push(late.fault);
  rename(id, "x".repeat(121));
  await late.reached;
  await page.end();
  page = await open(ada);
  await seen(() => expect(page.outbox.state.read().refused).toMatchObject([{ message: /120/ }]));
  expect(page.projects.get(id)?.name).toBe("House");
  await page.end();
  page = await open(ada);
  await seen(() => expect(page.outbox.state.read().refused).toHaveLength(1));
  page.outbox.state.read().refused[0]?.dismiss();
  await page.end();
  page = await open(ada);
  await savedProject();
  expect(page.outbox.state.read().refused).toEqual([]);
  late.go();
});

test("a discarded edit is never sent", async () => {
  const id = await savedProject();
  wire.faults.push(...Array.from({ length: 9 }, () => loseRequest));
  rename(id, "Never");
  await seen(() => expect(page.outbox.state.read().waiting[0]?.status).toBe("unconfirmed"));
  await page.outbox.discard();
  await page.end();
  wire.faults.splice(0);
  page = await open(ada);
  await savedProject();
  expect([(await inDatabase(id))?.name, page.projects.get(id)?.name]).toEqual(["House", "House"]);
});
