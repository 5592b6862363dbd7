import { eq, type SQL } from "drizzle-orm";
import { PgDialect, pgTable, text } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import { access } from "./access.ts";
import { within } from "./within.ts";

const house = pgTable("house", { id: text("id").primaryKey(), owner: text("owner"), guest: text("guest") });
const room = pgTable("room", {
  id: text("id").primaryKey(),
  houseId: text("house_id").references(() => house.id),
});
const chair = pgTable("chair", { roomId: text("room_id").references(() => room.id), color: text("color") });

const houseAccess = access(
  (userId) => eq(house.guest, userId),
  (userId) => eq(house.owner, userId),
);
const written = (condition: SQL) => new PgDialect().sqlToQuery(condition);

test("rows follow the rule of their parent, and the parent that of its own", () => {
  const chairAccess = within(chair.roomId, within(room.houseId, houseAccess));
  expect(written(chairAccess.readable("u"))).toMatchObject({
    sql: '"chair"."room_id" in (select "id" from "room" where "room"."house_id" in (select "id" from "house" where "house"."guest" = $1))',
    params: ["u"],
  });
  const changed = written(chairAccess.writable("u"));
  expect(changed.sql).toContain('("house"."guest" = $1) and ("house"."owner" = $2)');
  expect(written(chairAccess.deletable("u"))).toEqual(changed);
  expect(written(chairAccess.result("u"))).toEqual(changed);
});

test("the rule of the parent is read late, for schema files that import each other", () => {
  let asked = 0;
  const roomAccess = within(room.houseId, () => {
    asked++;
    return houseAccess;
  });
  expect(asked).toBe(0);
  expect(written(roomAccess.readable("u")).params).toEqual(["u"]);
  expect(asked).toBe(1);
});

test("a column without a foreign key is refused", () => {
  expect(() => within(chair.color, houseAccess).readable("u")).toThrow("chair.color refers to no table");
});
