import { access } from "@tracer/core/drizzle/access";
import { and, arrayContains, between, eq, gt, inArray, isNull, ne, not, or, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import { layer, layerAccess } from "../../../../test/example/drawing.sql";
import { note, noteAccess } from "../../../../test/example/note.sql";
import {
  project,
  projectAccess,
  projectMember,
  projectMemberAccess,
} from "../../../../test/example/project.sql";
import { reading, readingAccess } from "../../../../test/example/reading.sql";
import { electricWhere } from "./electric-where";

const query = new QueryBuilder();
const day = new Date("2026-11-23T09:33:58.123Z");

test("writes a membership as a sub-query over the membership table alone", () => {
  expect(electricWhere(project, projectAccess.readable("u"))).toEqual({
    sql: '("owner_id" = $1 or "id" in (select "project_id" from "project_member" where "user_id" = $2))',
    params: ["u", "u"],
  });
  expect(electricWhere(projectMember, projectMemberAccess.readable("u"))).toEqual({
    sql: '("user_id" = $1 or "project_id" in (select "id" from "project" where "owner_id" = $2))',
    params: ["u", "u"],
  });
});

test("writes rows of a parent's parent as sub-queries within sub-queries", () => {
  expect(electricWhere(layer, layerAccess.readable("u"))).toEqual({
    sql: [
      '"drawing_id" in (select "id" from "drawing" where "project_id" in (select "id" from "project" where ',
      '("owner_id" = $1 or "id" in (select "project_id" from "project_member" where "user_id" = $2))))',
    ].join(""),
    params: ["u", "u"],
  });
});

test("writes a sharing list as an array parameter", () => {
  expect(electricWhere(note, noteAccess.readable('a"b\\c'))).toEqual({
    sql: '("author_id" = $1 or "shared_with" @> $2)',
    params: ['a"b\\c', '{"a\\"b\\\\c"}'],
  });
});

test("compares enums as text, in sub-queries too", () => {
  expect(electricWhere(reading, readingAccess.readable("u"))).toEqual({
    sql: '("user_id" = $1 and "quality"::text <> $2)',
    params: ["u", "discarded"],
  });
  const drafts = query
    .select({ id: project.id })
    .from(project)
    .where(inArray(project.status, ["draft", "active"]));
  expect(electricWhere(projectMember, inArray(projectMember.projectId, drafts))).toEqual({
    sql: '"project_id" in (select "id" from "project" where "status"::text in ($1, $2))',
    params: ["draft", "active"],
  });
});

test("writes values as Postgres reads them", () => {
  const condition = and(
    eq(project.isPinned, true),
    gt(project.remindAt, day),
    between(project.budgetCents, 1n, 2n),
    not(eq(project.area, "12.500")),
    isNull(project.startsOn),
    arrayContains(project.corners, [1, 2]),
    or(ne(project.floors, 3), sql`${project.floors} = any(${sql.param([4, 5])})`),
  );
  if (!condition) throw new Error("no condition");
  expect(electricWhere(project, condition).params).toEqual([
    ...["true", "2026-11-23T09:33:58.123Z", "1", "2", "12.500", "{1,2}", "3", "{4,5}"],
  ]);
});

test("refuses a comparison with null, which Electric would take for a word", () => {
  expect(() => electricWhere(project, sql`${project.name} = ${null}`)).toThrow(/no parameter such as null/);
});

test("refuses columns of another table, which would be taken for those of this one", () => {
  expect(() => electricWhere(note, eq(project.ownerId, "u"))).toThrow(
    "project.owner_id does not belong to note",
  );
  const correlated = query
    .select({ id: projectMember.projectId })
    .from(projectMember)
    .where(and(eq(projectMember.projectId, project.id), eq(projectMember.userId, "u")));
  expect(() => electricWhere(project, inArray(project.id, correlated))).toThrow(
    "project.id does not belong to project_member",
  );
});

test("refuses a sub-query that joins tables", () => {
  const joined = query
    .select({ id: projectMember.projectId })
    .from(projectMember)
    .innerJoin(project, eq(project.id, projectMember.projectId));
  expect(() => electricWhere(project, inArray(project.id, joined))).toThrow(
    "project.id does not belong to project_member",
  );
});

test("an access rule without a condition gives nobody anything", () => {
  const empty = access(() => undefined);
  expect(() => empty.readable("u")).toThrow("An access rule gave no condition.");
  expect(() => empty.writable("u")).toThrow("An access rule gave no condition.");
  expect(() =>
    access(
      (userId) => eq(note.authorId, userId),
      () => undefined,
    ).writable("u"),
  ).toThrow();
});
