import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Person } from "../../../../test/app";
import { type Example, openExample } from "../../../../test/example/calls";

type Role = "viewer" | "editor" | "owner";

let app: Example;

// People have seats in a workspace, each with a role. Boards belong to a workspace.
beforeAll(async () => {
  app = await openExample();
});

afterAll(() => app[Symbol.asyncDispose]());

/** A workspace that the first person made through the app, with the others in these roles. */
async function workspaceOf(owner: Person, others: [Person, Role][] = []): Promise<string> {
  const id = randomUUID();
  expect(await app.status("workspaces.insert", { id, name: "Home" }, owner)).toBe(200);
  for (const [person, role] of others) {
    const sql = "insert into seat (id, workspace_id, user_id, role) values ($1, $2, $3, $4)";
    await app.sql.query(sql, [randomUUID(), id, person.id, role]);
  }
  return id;
}

async function seatsIn(workspaceId: string): Promise<Record<string, Role>> {
  const sql = "select user_id, role from seat where workspace_id = $1";
  const { rows } = await app.sql.query(sql, [workspaceId]);
  return Object.fromEntries(rows.map(({ user_id, role }) => [user_id, role]));
}

async function seatOf(workspaceId: string, { id }: Person): Promise<string> {
  const sql = "select id from seat where workspace_id = $1 and user_id = $2";
  return (await app.sql.query(sql, [workspaceId, id])).rows[0].id;
}

const four = () => Promise.all(["Olga", "Edda", "Vera", "Sam"].map((name) => app.signUp(name)));

async function cast() {
  const [owner, editor, viewer, stranger] = await four();
  if (!owner || !editor || !viewer || !stranger) throw new Error("nobody came");
  const id = await workspaceOf(owner, [
    [editor, "editor"],
    [viewer, "viewer"],
  ]);
  return { id, owner, editor, viewer, stranger };
}

test("whoever adds a row is its first owner, in the same transaction", async () => {
  const ada = await app.signUp();
  const id = await workspaceOf(ada);
  expect(await seatsIn(id)).toEqual({ [ada.id]: "owner" });
  const sql = "select distinct w.xmin::text as w, s.xmin::text as s from workspace w join seat s on true";
  const { rows } = await app.sql.query(`${sql} where w.id = $1 and s.workspace_id = w.id`, [id]);
  expect(rows[0].w).toBe(rows[0].s);
});

test("a viewer reads, an editor changes, an owner deletes, and so within", async () => {
  const { id, owner, editor, viewer, stranger } = await cast();
  const board = (title: string) => ({ id: randomUUID(), workspaceId: id, title });
  const hers = board("Plans");
  expect(await app.status("boards.insert", hers, editor)).toBe(200);
  for (const person of [viewer, stranger]) {
    expect(await app.status("workspaces.update", { id, name: "Mine" }, person)).toBe(403);
    expect(await app.status("workspaces.delete", { id }, person)).toBe(403);
    expect(await app.status("boards.insert", board("Mine"), person)).toBe(403);
    expect(await app.status("boards.update", { id: hers.id, title: "Mine" }, person)).toBe(403);
    expect(await app.status("boards.delete", { id: hers.id }, person)).toBe(403);
  }
  expect(await app.status("workspaces.update", { id, name: "Ours" }, editor)).toBe(200);
  expect(await app.status("workspaces.delete", { id }, editor)).toBe(403);
  expect(await app.status("workspaces.delete", { id }, owner)).toBe(200);
  expect(await seatsIn(id)).toEqual({});
});

test("a stranger cannot invite themselves, and a member gives themselves no more than they have", async () => {
  const { id, editor, viewer, stranger } = await cast();
  for (const role of ["viewer", "owner"]) {
    const seat = { id: randomUUID(), workspaceId: id, userId: stranger.id, role };
    for (const person of [stranger, viewer, editor])
      expect(await app.status("seats.insert", seat, person)).toBe(403);
  }
  for (const person of [viewer, editor]) {
    expect(await app.status("seats.update", { id: await seatOf(id, person), role: "owner" }, person)).toBe(
      403,
    );
  }
  expect(await app.status("seats.update", { id: await seatOf(id, viewer), role: "editor" }, stranger)).toBe(
    403,
  );
  expect(await app.status("seats.delete", { id: await seatOf(id, viewer) }, editor)).toBe(403);
  expect(Object.values(await seatsIn(id)).sort()).toEqual(["editor", "owner", "viewer"]);
});

test("an owner gives, changes and takes seats; everybody may leave", async () => {
  const { id, owner, editor, viewer, stranger } = await cast();
  const seat = { id: randomUUID(), workspaceId: id, userId: stranger.id, role: "editor" };
  expect(await app.status("seats.insert", seat, owner)).toBe(200);
  expect(await app.status("seats.insert", { ...seat, id: randomUUID() }, owner)).toBe(409);
  expect(await app.status("seats.update", { id: await seatOf(id, editor), role: "owner" }, owner)).toBe(200);
  expect(await app.status("seats.delete", { id: seat.id }, owner)).toBe(200);
  expect(await app.status("seats.delete", { id: await seatOf(id, viewer) }, viewer)).toBe(200);
  expect(await seatsIn(id)).toEqual({ [owner.id]: "owner", [editor.id]: "owner" });
});

test("the last owner neither leaves nor steps down, until there is another one", async () => {
  const { id, owner, editor } = await cast();
  const own = await seatOf(id, owner);
  const told = { status: 409, message: "The last owner has to stay. Make somebody else owner first." };
  expect(await app.call("seats.delete", { id: own }, owner)).toMatchObject(told);
  expect(await app.call("seats.update", { id: own, role: "viewer" }, owner)).toMatchObject(told);
  expect(await app.status("seats.update", { id: await seatOf(id, editor), role: "owner" }, owner)).toBe(200);
  expect(await app.status("seats.update", { id: own, role: "viewer" }, owner)).toBe(200);
  expect(await seatsIn(id)).toMatchObject({ [owner.id]: "viewer", [editor.id]: "owner" });
});

test("two owners who leave, step down or remove each other at once: one of them stays", async () => {
  const [ada, bob] = [await app.signUp(), await app.signUp("Bob")];
  for (let round = 0; round < 8; round++) {
    const id = await workspaceOf(ada, [[bob, "owner"]]);
    const [hers, his] = [await seatOf(id, ada), await seatOf(id, bob)];
    const [first, second] = round % 4 === 3 ? [his, hers] : [hers, his];
    const act = (seat: string, person: Person) =>
      round % 4 === 1
        ? app.status("seats.update", { id: seat, role: "viewer" }, person)
        : app.status("seats.delete", { id: seat }, person);
    // Both transactions wait here for the workspace, so that they really meet.
    await app.sql.query("begin");
    await app.sql.query("select 1 from workspace where id = $1 for update", [id]);
    const both = [act(first, ada), act(second, bob)];
    await waiting(2);
    await app.sql.query("commit");
    const answers = await Promise.all(both);
    expect(
      answers.filter((one) => one === 200),
      `round ${round}: ${answers}`,
    ).toHaveLength(1);
    expect(Object.values(await seatsIn(id)).filter((role) => role === "owner")).toHaveLength(1);
  }
});

/** Waits until so many transactions wait for a lock. */
async function waiting(count: number): Promise<void> {
  const sql = "select count(*)::int as n from pg_locks where not granted";
  await expect.poll(async () => (await app.sql.query(sql)).rows[0].n).toBeGreaterThanOrEqual(count);
}

test("a seat stays with its person and its workspace, also for a schema that offers to move it", async () => {
  const { seat, seatAccess } = await import("../../../../test/example/seat.sql");
  const { rowsIn } = await import("./rows");
  const { db } = await import("@tracer/core/drizzle/database");
  const { id, owner, editor, stranger } = await cast();
  const other = await workspaceOf(owner);
  const his = await seatOf(id, editor);
  for (const changes of [{ userId: stranger.id }, { workspaceId: other }]) {
    const moved = db.transaction((tx) => rowsIn(tx, owner.id)(seat, seatAccess).update(his, changes));
    await expect(moved).rejects.toThrow("You can change only what is yours.");
  }
});

test("managers below the highest role give and take no more than they have", async () => {
  const { seat, workspaceRoles } = await import("../../../../test/example/seat.sql");
  const { membershipsOf } = await import("@tracer/core/sharing/memberships");
  const { rowsIn } = await import("./rows");
  const { db } = await import("@tracer/core/drizzle/database");
  const access = membershipsOf(workspaceRoles, { manage: "editor" });
  const { id, owner, editor, viewer, stranger } = await cast();
  const as = (person: Person, run: (seats: ReturnType<ReturnType<typeof rowsIn>>) => Promise<void>) =>
    db
      .transaction((tx) => run(rowsIn(tx, person.id)(seat, access)))
      .then(
        () => "done",
        (error: Error) => error.message,
      );
  const no = "You can change only what is yours.";
  const given = (role: Role) => ({ id: randomUUID(), workspaceId: id, userId: stranger.id, role });
  const [herSeat, ownSeat, third] = [
    await seatOf(id, owner),
    await seatOf(id, editor),
    await seatOf(id, viewer),
  ];
  expect(await as(editor, (seats) => seats.insert(given("owner")))).toBe(no);
  expect(await as(editor, (seats) => seats.update(ownSeat, { role: "owner" }))).toBe(no);
  expect(await as(editor, (seats) => seats.update(herSeat, { role: "viewer" }))).toBe(no);
  expect(await as(editor, (seats) => seats.delete(herSeat))).toBe(no);
  expect(await as(viewer, (seats) => seats.insert(given("viewer")))).toBe(no);
  expect(await as(editor, (seats) => seats.insert(given("editor")))).toBe("done");
  expect(await as(editor, (seats) => seats.update(third, { role: "editor" }))).toBe("done");
  expect(await seatsIn(id)).toEqual({
    [owner.id]: "owner",
    [editor.id]: "editor",
    [viewer.id]: "editor",
    [stranger.id]: "editor",
  });
});
