import { eq, type SQL } from "drizzle-orm";
import { PgDialect, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import { access } from "./access.ts";
import { softDelete } from "./soft-delete.ts";

const room = pgTable("room", {
  owner: text("owner"),
  guest: text("guest"),
  deletedAt: timestamp("deleted_at"),
});
const rule = access(
  (userId) => eq(room.guest, userId),
  (userId) => eq(room.owner, userId),
);
const written = (condition: SQL) => new PgDialect().sqlToQuery(condition).sql.replaceAll('"', "");

test("a deleted row is read by those who may change the row, and written as any other", () => {
  const hiding = softDelete(room.deletedAt, rule);
  expect(written(hiding.readable("u"))).toBe(
    "((room.deleted_at is null and room.guest = $1) or ((room.guest = $2) and (room.owner = $3)))",
  );
  for (const part of ["writable", "deletable", "result"] as const) {
    expect(written(hiding[part]("u"))).toBe(written(rule[part]("u")));
  }
});
