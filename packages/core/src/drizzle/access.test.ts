import { eq, or, sql } from "drizzle-orm";
import { PgDialect, pgTable, text } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import { access } from "./access.ts";

const note = pgTable("note", { id: text("id"), owner: text("owner"), open: text("open") });
const written = (condition: Parameters<PgDialect["sqlToQuery"]>[0]) =>
  new PgDialect().sqlToQuery(condition).sql;

test("the writable rows are the readable rows, narrowed by the second rule where there is one", () => {
  const mine = access((userId) => eq(note.owner, userId));
  expect(written(mine.readable("u"))).toBe('"note"."owner" = $1');
  expect(written(mine.writable("u"))).toBe('(("note"."owner" = $1) and ("note"."owner" = $2))');
});

test("an `or` in raw SQL does not widen the other rule", () => {
  const rule = access(
    (userId) => sql`${note.owner} = ${userId} or ${note.open} = 'yes'`,
    (userId) => sql`${note.owner} = ${userId} or false`,
  );
  expect(written(rule.writable("u"))).toBe(
    `(("note"."owner" = $1 or "note"."open" = 'yes') and ("note"."owner" = $2 or false))`,
  );
});

test("a rule without a condition is refused", () => {
  expect(() => access(() => or()).readable("u")).toThrow("gave no condition");
  expect(() =>
    access(
      (userId) => eq(note.owner, userId),
      () => undefined,
    ).writable("u"),
  ).toThrow("gave no condition");
});
