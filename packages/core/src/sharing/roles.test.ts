import type { SQL } from "drizzle-orm";
import { PgDialect, pgEnum, pgTable, text } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import { membershipsOf } from "./memberships.ts";
import { byRole, peersOf, roles } from "./roles.ts";

const role = pgEnum("role", ["reader", "author", "chief"]);
const paper = pgTable("paper", { id: text("id").primaryKey() });
const page = pgTable("page", { paperId: text("paper_id").references(() => paper.id) });
const member = pgTable("member", {
  id: text("id").primaryKey(),
  paperId: text("paper_id").references(() => paper.id),
  userId: text("user_id"),
  role: role("role"),
});

const paperRoles = roles(member, member.paperId);
const written = (condition: SQL) => {
  const { sql, params } = new PgDialect().sqlToQuery(condition);
  return [sql.replaceAll('"', ""), ...params];
};
const mine = "select paper_id from member where";

test("a role may do what the roles before it may do", () => {
  const access = byRole(page.paperId, () => paperRoles, { write: "author", delete: "chief" });
  expect(written(access.readable("u"))).toEqual([`page.paper_id in (${mine} member.user_id = $1)`, "u"]);
  expect(written(access.writable("u")).slice(1)).toEqual(["u", "u", "author", "chief"]);
  expect(written(access.deletable("u")).slice(1)).toEqual(["u", "u", "chief"]);
  expect(access.founding).toBeUndefined();
});

test("whoever adds a row of the parent gets the highest role in it", () => {
  const { founding } = byRole(paper.id, () => paperRoles, { write: "author" });
  const first = founding?.({ id: "p" }, "u");
  expect(first?.table).toBe(member);
  expect(first?.values).toEqual({ id: expect.any(String), paperId: "p", userId: "u", role: "chief" });
});

test("people manage memberships up to their own role, and may always leave", () => {
  const access = membershipsOf(paperRoles, { manage: "author" });
  const [sql, ...params] = written(access.writable("u"));
  expect(sql).toContain("member.role in ($4, $5)");
  expect(params).toEqual(["u", "u", "author", "reader", "author", "u", "chief", "reader", "author", "chief"]);
  expect(written(access.deletable("u"))[0]).toContain("member.user_id = $2 or");
});

test("peers are read and not written", () => {
  const access = peersOf(() => paperRoles);
  expect(written(access.readable("u"))).toEqual([
    `user.id in (select user_id from member where member.paper_id in (${mine} member.user_id = $1))`,
    "u",
  ]);
  expect(written(access.writable("u"))[0]).toMatch(/ and \(false\)\)$/);
});

test("a column without words is no role", () => {
  expect(() => roles({ ...member, role: member.userId } as never, member.paperId)).toThrow("lists no roles");
});
