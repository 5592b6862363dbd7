import { randomUUID } from "node:crypto";
import { createLiveQueryCollection, eq } from "@tanstack/react-db";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type App, openApp, type Person } from "../app";
import { seen } from "../seen";
import { startShapeServer } from "../shape-server";
import { newPage, serve, stubBrowser, trpcOf } from "./browser";
import type { exampleCollections } from "./collections";
import type { Project } from "./project.sql";
import type { Reading } from "./reading.sql";
import { createExampleTables } from "./tables";

// Runs the app's own collections on the example tables, from the official client to Postgres and back.
const stack = new AsyncDisposableStack();
const opened: ReturnType<typeof exampleCollections>[] = [];
let app: App;
let ada: Person;
let bob: Person;
/** What the route of the notes answers in place of the shape. */
let refused: Response | undefined;
let open: (person: Person) => ReturnType<typeof exampleCollections>;

beforeAll(async () => {
  const shapeServer = async (databaseUrl: string) => stack.use(await startShapeServer(databaseUrl)).url;
  app = stack.use(await openApp(shapeServer, createExampleTables));
  const { exampleHandlers } = await import("./server");
  const refusing = async (context: { request: Request }) =>
    refused ?? (await exampleHandlers["/api/notes"](context));
  const server = stack.use(await serve(app.origin, { ...exampleHandlers, "/api/notes": refusing }));
  ada = await app.signUp("Ada");
  bob = await app.signUp("Bob");
  stubBrowser(server.url, [ada, bob]);
  const { exampleCollections } = await import("./collections");
  open = (person) => {
    newPage();
    const collections = exampleCollections(person.id, trpcOf(server.url, person));
    opened.push(collections);
    return collections;
  };
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((collections) => collections.end()));
});

afterAll(async () => {
  vi.unstubAllGlobals();
  await stack.disposeAsync();
});

/** Makes a new project as a page does: with all columns, and with an id and times of its own. */
function newProject(changes: Partial<Project> = {}): Project {
  const now = new Date();
  return {
    id: randomUUID(),
    ownerId: ada.id,
    name: "Harbour Street 5",
    status: "active",
    isPinned: true,
    area: "1250.500",
    budgetCents: 9_007_199_254_740_993n,
    floors: 3,
    slope: 0.1,
    tags: ["attic", 'say "hi"', "a,b"],
    corners: [1, -2, 3],
    payments: [9_007_199_254_740_993n],
    visits: [new Date("2026-11-23T09:33:58.123Z")],
    settings: { theme: "dark", grid: [1, 2.5] },
    startsOn: "2026-11-23",
    surveyedAt: new Date("2026-11-23T09:33:58.123Z"),
    remindAt: new Date("2026-11-24T00:00:00Z"),
    createdAt: now,
    updatedAt: now,
    ...changes,
  };
}

test("a new row keeps its id, shows at once, and comes back with every type as it was", async () => {
  const { projects } = open(ada);
  await projects.preload();
  const project = newProject();
  const written = projects.insert(project);
  expect(projects.get(project.id)).toMatchObject({ name: "Harbour Street 5" });
  await written.isPersisted.promise;
  const { createdAt, updatedAt, ...values } = project;
  const back = projects.get(project.id);
  expect(back).toMatchObject(values);
  expect(back?.createdAt).toBeInstanceOf(Date);
  expect(back?.updatedAt).not.toEqual(updatedAt);
  expect(back).not.toHaveProperty("internalNote");
  const { rows } = await app.sql.query("select budget_cents::text, area::text, internal_note from project");
  expect(rows).toEqual([
    { budget_cents: "9007199254740993", area: "1250.500", internal_note: "margin 12 %" },
  ]);
});

test("an edit of every type is confirmed, and so is a deletion", async () => {
  const { projects } = open(ada);
  await projects.preload();
  const { id } = newProject();
  await projects.insert(newProject({ id })).isPersisted.promise;
  const changes = {
    status: "archived",
    isPinned: false,
    area: null,
    budgetCents: -1n,
    tags: [],
    corners: null,
    payments: [1n, -2n],
    visits: [new Date("2000-01-01T00:00:00Z")],
    settings: {},
    startsOn: null,
    surveyedAt: new Date("1999-12-31T23:59:59.999Z"),
    remindAt: null,
  } as const;
  const edited = projects.update(id, (draft) => void Object.assign(draft, changes));
  await edited.isPersisted.promise;
  expect(projects.get(id)).toMatchObject(changes);
  await projects.delete(id).isPersisted.promise;
  expect(projects.get(id)).toBeUndefined();
});

test("a refused edit is undone, with the reason", async () => {
  const { projects } = open(ada);
  await projects.preload();
  const { id } = newProject();
  await projects.insert(newProject({ id })).isPersisted.promise;
  const edited = projects.update(id, (draft) => {
    draft.name = "x".repeat(121);
  });
  expect(projects.get(id)?.name).toHaveLength(121);
  await expect(edited.isPersisted.promise).rejects.toThrow(/120/);
  expect(projects.get(id)?.name).toBe("Harbour Street 5");
  const worded = projects.update(id, (draft) => {
    draft.area = "twelve";
  });
  await expect(worded.isPersisted.promise).rejects.toThrow("These values are not allowed.");
  expect(projects.get(id)?.area).toBe("1250.500");
});

test("a new member sees the project arrive, cannot edit the project, and sees it go when the membership ends", async () => {
  const hers = open(ada);
  const his = open(bob);
  await Promise.all([hers.projects.preload(), hers.projectMembers.preload(), his.projects.preload()]);
  const project = newProject({ name: "Shared house" });
  await hers.projects.insert(project).isPersisted.promise;
  expect(his.projects.has(project.id)).toBe(false);

  const now = new Date();
  const membership = {
    id: randomUUID(),
    projectId: project.id,
    userId: bob.id,
    createdAt: now,
    updatedAt: now,
  };
  await hers.projectMembers.insert(membership).isPersisted.promise;
  await seen(() => expect(his.projects.get(project.id)?.name).toBe("Shared house"));

  await hers.projects.update(project.id, (draft) => {
    draft.name = "Renamed";
  }).isPersisted.promise;
  await seen(() => expect(his.projects.get(project.id)?.name).toBe("Renamed"));
  const refusedRename = his.projects.update(project.id, (draft) => {
    draft.name = "Bob's";
  });
  await expect(refusedRename.isPersisted.promise).rejects.toThrow("You can change only what is yours.");
  expect(his.projects.get(project.id)?.name).toBe("Renamed");

  await hers.projectMembers.delete(membership.id).isPersisted.promise;
  await seen(() => expect(his.projects.has(project.id)).toBe(false));
  expect(hers.projects.has(project.id)).toBe(true);
});

test("a second membership, and a membership in a missing project, are refused with a reason", async () => {
  const { projects, projectMembers } = open(ada);
  await Promise.all([projects.preload(), projectMembers.preload()]);
  const project = newProject();
  await projects.insert(project).isPersisted.promise;
  const now = new Date();
  const invite = (projectId = project.id) =>
    projectMembers.insert({
      ...{ id: randomUUID(), projectId, userId: bob.id },
      ...{ createdAt: now, updatedAt: now },
    }).isPersisted.promise;
  await invite();
  await expect(invite()).rejects.toThrow("There is already an entry with these values.");
  await expect(invite(randomUUID())).rejects.toThrow("You can change only what is yours.");
});

test("a note arrives at a person when it is shared, and goes when the sharing ends", async () => {
  const hers = open(ada);
  const his = open(bob);
  await Promise.all([hers.notes.preload(), his.notes.preload()]);
  const now = new Date();
  const id = randomUUID();
  const note = { id, authorId: ada.id, body: "Keys are under the mat", createdAt: now, updatedAt: now };
  await hers.notes.insert({ ...note, sharedWith: [] }).isPersisted.promise;
  const share = (sharedWith: string[]) =>
    hers.notes.update(id, (draft) => {
      draft.sharedWith = sharedWith;
    }).isPersisted.promise;
  await share([bob.id]);
  await seen(() => expect(his.notes.get(id)?.body).toBe("Keys are under the mat"));
  await share([]);
  await seen(() => expect(his.notes.has(id)).toBe(false));
});

test("a query on a big table loads only the rows that it asks for, and stays live", async () => {
  await app.sql.query(
    `insert into reading (id, user_id, sensor, value, quality, taken_at)
     select gen_random_uuid(), $1, 'sensor ' || n % 100, n, (case n % 10 when 0 then 'discarded' else 'good' end)::example_reading_quality,
       timestamptz '2026-01-01' + n * interval '1 minute'
     from generate_series(1, 20000) n`,
    [ada.id],
  );
  const { readings } = open(ada);
  const ofOne = createLiveQueryCollection((query) =>
    query
      .from({ reading: readings })
      .where(({ reading }) => eq(reading.sensor, "sensor 7"))
      .orderBy(({ reading }) => reading.takenAt, "desc")
      .limit(20),
  );
  await ofOne.preload();
  expect(ofOne.toArray.map(({ value }) => value)).toEqual(
    Array.from({ length: 20 }, (_, index) => 19_907 - index * 100),
  );
  expect(readings.size).toBeLessThan(40);
  expect(ofOne.toArray[0]?.takenAt).toBeInstanceOf(Date);

  const now = new Date();
  const reading: Reading = {
    ...{ id: randomUUID(), userId: ada.id, sensor: "sensor 7", value: 1e6, quality: "good" },
    ...{ takenAt: new Date("2027-01-01T00:00:00Z"), createdAt: now, updatedAt: now },
  };
  await readings.insert(reading).isPersisted.promise;
  await seen(() => expect(ofOne.toArray[0]).toMatchObject({ id: reading.id, value: 1e6 }));
  await ofOne.cleanup();
});

test("a change brings a row that was never loaded into an on-demand query", async () => {
  const id = randomUUID();
  await app.sql.query(
    `insert into reading (id, user_id, sensor, value, quality, taken_at)
     values ($1, $2, 'in the cellar', 12, 'good', now())`,
    [id, bob.id],
  );
  // Nobody has asked for Bob's readings yet, so no log holds the insert, and only a query can load the row.
  const { readings } = open(bob);
  const inTheAttic = createLiveQueryCollection((query) =>
    query.from({ reading: readings }).where(({ reading }) => eq(reading.sensor, "in the attic")),
  );
  await inTheAttic.preload();
  expect(inTheAttic.toArray).toEqual([]);

  await app.sql.query("update reading set sensor = 'in the attic' where id = $1", [id]);
  // The update did not change `value`, so only a whole row can bring the value.
  await seen(() => expect(inTheAttic.toArray).toMatchObject([{ id, sensor: "in the attic", value: 12 }]));
  await inTheAttic.cleanup();
});

test("a query over several collections leaves the console silent", async () => {
  const warnings = vi.spyOn(console, "warn");
  const { projects, projectMembers, notes } = open(ada);
  await app.sql.query("delete from project");
  const joined = createLiveQueryCollection((query) =>
    query
      .from({ member: projectMembers })
      .innerJoin({ project: projects }, ({ member, project }) => eq(member.projectId, project.id))
      .leftJoin({ note: notes }, ({ member, note }) => eq(member.userId, note.authorId))
      .orderBy(({ project }) => project.name)
      .select(({ project, note }) => ({ name: project.name, note: note?.body })),
  );
  await joined.preload();
  const project = newProject({ name: "Joined" });
  await projects.insert(project).isPersisted.promise;
  const now = new Date();
  const membership = { id: randomUUID(), projectId: project.id, userId: bob.id };
  await projectMembers.insert({ ...membership, createdAt: now, updatedAt: now }).isPersisted.promise;
  await seen(() => expect(joined.toArray).toMatchObject([{ name: "Joined" }]));
  await joined.cleanup();
  expect(warnings.mock.calls).toEqual([]);
  warnings.mockRestore();
});

test("a query for some rows at a time goes on behind rows whose times are infinite", async () => {
  await app.sql.query(
    `insert into reading (id, user_id, sensor, value, taken_at)
     select gen_random_uuid(), $1, 'for ever', n, case n when 1 then 'infinity' when 2 then 'infinity'
       when 3 then '-infinity' when 4 then '-infinity' when 5 then '0044-03-15 00:00:00+00 BC'
       else timestamptz '12026-01-01' - n * interval '1 minute' end
     from generate_series(1, 40) n`,
    [ada.id],
  );
  const { readings } = open(ada);
  const pages = {
    desc: [[1], [1, 2], [1, 2, 6], [1, 2, 6, 7]],
    asc: [[3], [3, 4], [3, 4, 5], [3, 4, 5, 40]],
  };
  for (const direction of ["desc", "asc"] as const) {
    const ordered = createLiveQueryCollection((query) =>
      query
        .from({ reading: readings })
        .where(({ reading }) => eq(reading.sensor, "for ever"))
        .orderBy(({ reading }) => reading.takenAt, direction)
        .limit(1),
    );
    await ordered.preload();
    for (const page of pages[direction]) {
      const loading = ordered.utils.setWindow({ offset: 0, limit: page.length });
      if (loading !== true) await loading;
      const values = () => ordered.toArray.map(({ value }) => value);
      // Rows of the same time come in any order.
      if (page.length > 1) await seen(() => expect(values().toSorted()).toEqual(page.toSorted()));
      else await seen(() => expect(values()).toHaveLength(1));
    }
    await ordered.cleanup();
  }
});

test("the sync is not live while one shape is refused, names that shape, and is live when all are", async () => {
  vi.stubGlobal("navigator", { onLine: true });
  const { projects, notes, monitor } = open(ada);
  const states = new Set<string>();
  monitor.subscribe(() => states.add(monitor.report().state));
  expect(monitor.report().state).toBe("connecting");
  refused = Response.json({ message: "Notes are not for you." }, { status: 403 });
  await projects.preload();
  expect(monitor.report()).toMatchObject({ state: "live", shapes: [{ name: "projects", state: "live" }] });
  states.clear();
  await expect(notes.preload()).rejects.toThrow("Notes are not for you.");
  await seen(() =>
    expect(monitor.report()).toEqual({
      state: "error",
      message: "Notes are not for you.",
      shapes: [
        { name: "projects", state: "live" },
        { name: "notes", state: "error", message: "Notes are not for you." },
      ],
    }),
  );
  expect([...states]).toEqual(["connecting", "error"]);
  refused = undefined;
  monitor.retry();
  await seen(() => expect(monitor.report().state).toBe("live"));
  await seen(() => expect(notes.status).toBe("ready"));
});
