import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Person } from "../../../../test/app";
import { type Example, openExample } from "../../../../test/example/calls";

let app: Example;

// Projects have an owner and members; drawings belong to a project, and layers to a drawing.
beforeAll(async () => {
  app = await openExample();
});

afterAll(() => app[Symbol.asyncDispose]());

async function projectOf(owner: Person, ...members: Person[]): Promise<string> {
  const id = randomUUID();
  await app.sql.query("insert into project (id, owner_id, name) values ($1, $2, 'A')", [id, owner.id]);
  for (const member of members) {
    const sql = "insert into project_member (id, project_id, user_id) values ($1, $2, $3)";
    await app.sql.query(sql, [randomUUID(), id, member.id]);
  }
  return id;
}

async function drawingIn(projectId: string): Promise<string> {
  const id = randomUUID();
  await app.sql.query("insert into drawing (id, project_id, title) values ($1, $2, 'B')", [id, projectId]);
  return id;
}

const rowOf = async (table: string, id: string) =>
  (await app.sql.query(`select * from ${table} where id = $1`, [id])).rows[0];

test("a row moves to another parent only by the hands of somebody who may write both", async () => {
  const [ada, bob] = [await app.signUp(), await app.signUp("Bob")];
  const [hers, hersToo] = [await projectOf(ada, bob), await projectOf(ada)];
  const his = await projectOf(bob, ada);
  const drawing = await drawingIn(hers);
  // Ada reads Bob's project, and Bob reads the drawing. Neither may write both.
  expect(await app.status("drawings.update", { id: drawing, projectId: his }, ada)).toBe(403);
  expect(await app.status("drawings.update", { id: drawing, projectId: his }, bob)).toBe(403);
  expect(await app.status("drawings.update", { id: drawing, projectId: randomUUID() }, ada)).toBe(403);
  expect(await rowOf("drawing", drawing)).toMatchObject({ project_id: hers });
  expect(await app.status("drawings.update", { id: drawing, projectId: hersToo }, ada)).toBe(200);
  expect(await rowOf("drawing", drawing)).toMatchObject({ project_id: hersToo });
});

test("a row two levels down follows the rule of its parent's parent", async () => {
  const [ada, bob] = [await app.signUp(), await app.signUp("Bob")];
  const drawing = await drawingIn(await projectOf(ada, bob));
  const layer = { id: randomUUID(), drawingId: drawing, name: "Walls" };
  expect(await app.status("layers.insert", layer, bob)).toBe(403);
  expect(await app.status("layers.insert", layer, ada)).toBe(200);
  const his = await drawingIn(await projectOf(bob));
  expect(await app.status("layers.update", { id: layer.id, drawingId: his }, ada)).toBe(403);
  expect(await app.status("layers.delete", { id: layer.id }, bob)).toBe(403);
  expect(await app.status("layers.delete", { id: layer.id }, ada)).toBe(200);
});
