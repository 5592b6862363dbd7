import { randomUUID } from "node:crypto";
import { createTRPCClient, httpLink } from "@trpc/client";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { describingLink } from "~/lib/sync/outbox/describing-link";
import { type App, openApp, type Person } from "../app";
import { seen } from "../seen";
import { startShapeServer } from "../shape-server";
import { newPage, serve, stubBrowser } from "./browser";
import type { LeavingRouter } from "./leaving-server";
import type { Note } from "./note.sql";
import type { Project, ProjectMember } from "./project.sql";
import { createExampleTables } from "./tables";

// The edit of a person may take the row out of what the person reads. The edit is confirmed all the same.
const stack = new AsyncDisposableStack();
let app: App;
let ada: Person;
let bob: Person;
let serverUrl: string;
let end = async () => {};

beforeAll(async () => {
  const shapeServer = async (databaseUrl: string) => stack.use(await startShapeServer(databaseUrl)).url;
  app = stack.use(await openApp(shapeServer, createExampleTables));
  const { leavingHandlers } = await import("./leaving-server");
  serverUrl = stack.use(await serve(app.origin, leavingHandlers)).url;
  ada = await app.signUp("Ada");
  bob = await app.signUp("Bob");
  stubBrowser(serverUrl, [ada, bob]);
});

afterEach(() => end());

afterAll(async () => {
  vi.unstubAllGlobals();
  await stack.disposeAsync();
});

/** Opens the collections of Bob, once a note and a project of Ada that he reads have arrived. */
async function openAsBob() {
  newPage();
  const { perUser } = await import("~/lib/sync/per-user");
  const links = [describingLink(), httpLink({ url: `${serverUrl}/api/trpc`, headers: bob.headers })];
  const trpc = createTRPCClient<LeavingRouter>({ links });
  const { collectionsFor, endCollections } = perUser(({ synced }) => ({
    notes: synced<Note>("notes", trpc.notes),
    projects: synced<Project>("projects", trpc.projects),
    projectMembers: synced<ProjectMember>("projectMembers", trpc.projectMembers),
  }));
  end = endCollections;
  const ids = { note: randomUUID(), project: randomUUID(), member: randomUUID() };
  const { sql } = app;
  await sql.query("insert into note (id, author_id, body, shared_with) values ($1, $2, 'Hers', $3)", [
    ids.note,
    ada.id,
    [bob.id],
  ]);
  await sql.query("insert into project (id, owner_id, name, is_pinned) values ($1, $2, 'Harbour', true)", [
    ids.project,
    ada.id,
  ]);
  await sql.query("insert into project_member (id, project_id, user_id) values ($1, $2, $3)", [
    ids.member,
    ids.project,
    bob.id,
  ]);
  const collections = collectionsFor(bob.id);
  const { notes, projects, projectMembers } = collections;
  await Promise.all([notes.preload(), projects.preload(), projectMembers.preload()]);
  await seen(() =>
    expect([notes.has(ids.note), projects.has(ids.project), projectMembers.has(ids.member)]).toEqual([
      true,
      true,
      true,
    ]),
  );
  return { ...collections, ids };
}

test("a row that leaves by its own columns", async () => {
  const { notes, ids } = await openAsBob();
  const edit = notes.update(ids.note, (draft) => {
    draft.sharedWith = [];
  });
  await edit.isPersisted.promise;
  expect(notes.has(ids.note)).toBe(false);
});

test("a row that leaves by its own column, where the rule holds a sub-query too", async () => {
  const { projects, ids } = await openAsBob();
  const edit = projects.update(ids.project, (draft) => {
    draft.isPinned = false;
  });
  await edit.isPersisted.promise;
  expect(projects.has(ids.project)).toBe(false);
});

test("a row that was edited and leaves by the sub-query, in one transaction", async () => {
  const { projects, projectMembers, outbox, ids } = await openAsBob();
  const edit = outbox.transact(() => {
    projects.update(ids.project, (draft) => {
      draft.name = "Farewell";
    });
    projectMembers.delete(ids.member);
  });
  await edit.isPersisted.promise;
  expect([projects.has(ids.project), projectMembers.has(ids.member)]).toEqual([false, false]);
});
