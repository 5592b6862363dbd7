import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Person } from "../../../../test/app";
import { type Example, openExample } from "../../../../test/example/calls";

let app: Example;

beforeAll(async () => {
  app = await openExample();
});

afterAll(() => app[Symbol.asyncDispose]());

/** Signs a person up whose address is verified, as a mail with a link would. */
async function verified(name: string): Promise<Person> {
  const person = await app.signUp(name);
  await app.sql.query(`update "user" set email_verified = true where id = $1`, [person.id]);
  return person;
}

async function workspaceOf(owner: Person): Promise<string> {
  const id = randomUUID();
  expect(await app.status("workspaces.insert", { id, name: "Home" }, owner)).toBe(200);
  return id;
}

const invitation = (workspaceId: string, email: string, role = "editor") => ({
  id: randomUUID(),
  workspaceId,
  email,
  role,
});

const seat = (workspaceId: string, { id }: Person, role = "editor") => ({
  id: randomUUID(),
  workspaceId,
  userId: id,
  role,
});

async function count(table: string, workspaceId: string): Promise<number> {
  const sql = `select count(*)::int as n from ${table} where workspace_id = $1`;
  return (await app.sql.query(sql, [workspaceId])).rows[0].n;
}

test("the answer is the same whether or not the address has an account", async () => {
  const [ada, bob] = [await app.signUp(), await verified("Bob")];
  const id = await workspaceOf(ada);
  const known = await app.call("seatInvitations.insert", invitation(id, bob.email.toUpperCase()), ada);
  const unknown = await app.call("seatInvitations.insert", invitation(id, "nobody@example.com"), ada);
  expect(known).toEqual({ status: 200, message: undefined, answered: ["txid"] });
  expect(unknown).toEqual(known);
});

test("the person with the address takes the role once, and the invitation is gone", async () => {
  const [ada, bob] = [await app.signUp(), await verified("Bob")];
  const id = await workspaceOf(ada);
  expect(await app.status("seatInvitations.insert", invitation(id, bob.email), ada)).toBe(200);
  expect(await app.status("seats.insert", seat(id, bob, "owner"), bob)).toBe(403);
  const his = seat(id, bob);
  expect(await app.status("seats.insert", his, bob)).toBe(200);
  expect(await count("seat_invitation", id)).toBe(0);
  expect(await app.status("seats.delete", { id: his.id }, ada)).toBe(200);
  expect(await app.status("seats.insert", seat(id, bob), bob)).toBe(403);
});

test("nobody takes a role with an address that is not verified, or of somebody else", async () => {
  const [ada, bob, eve] = [await app.signUp(), await app.signUp("Bob"), await verified("Eve")];
  const id = await workspaceOf(ada);
  expect(await app.status("seatInvitations.insert", invitation(id, bob.email), ada)).toBe(200);
  for (const person of [bob, eve])
    expect(await app.status("seats.insert", seat(id, person), person)).toBe(403);
  expect(await app.status("seats.insert", seat(id, bob), eve)).toBe(403);
  expect(await count("seat", id)).toBe(1);
});

test("an invitation is worth no more than its sender's role is when it is accepted", async () => {
  const [ada, bob, eve] = [await app.signUp(), await verified("Bob"), await verified("Eve")];
  const id = await workspaceOf(ada);
  const his = seat(id, bob, "owner");
  expect(await app.status("seats.insert", his, ada)).toBe(200);
  expect(await app.status("seatInvitations.insert", invitation(id, eve.email, "owner"), bob)).toBe(200);
  expect(await app.status("seats.update", { id: his.id, role: "editor" }, ada)).toBe(200);
  expect(await app.status("seats.insert", seat(id, eve, "owner"), eve)).toBe(403);
  expect(await app.status("seatInvitations.insert", invitation(id, "x@example.com"), bob)).toBe(403);
});

test("an invitation is withdrawn by an owner, declined by the invited person, and by nobody else", async () => {
  const [ada, bob, eve] = [await app.signUp(), await verified("Bob"), await verified("Eve")];
  const id = await workspaceOf(ada);
  for (const person of [ada, bob]) {
    const sent = invitation(id, bob.email);
    expect(await app.status("seatInvitations.insert", sent, ada)).toBe(200);
    expect(await app.status("seatInvitations.delete", { id: sent.id }, eve)).toBe(403);
    expect(await app.status("seatInvitations.delete", { id: sent.id }, person)).toBe(200);
  }
});

test("nobody has more than fifty invitations open at once", async () => {
  const ada = await app.signUp();
  const id = await workspaceOf(ada);
  const sql = `insert into seat_invitation (id, workspace_id, user_id, email, role)
    select gen_random_uuid(), $1, $2, 'p' || n || '@example.com', 'viewer' from generate_series(1, 50) n`;
  await app.sql.query(sql, [id, ada.id]);
  const refused = await app.call("seatInvitations.insert", invitation(id, "one@example.com"), ada);
  expect(refused).toMatchObject({
    status: 409,
    message: "At most 50 of your invitations can be open at once.",
  });
  expect(await count("seat_invitation", id)).toBe(50);
});
