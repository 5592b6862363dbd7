import { user } from "@tracer/core/auth/auth.sql";
import { access } from "@tracer/core/drizzle/access";
import { timestamps, timestamptz } from "@tracer/core/drizzle/columns";
import { eq } from "drizzle-orm";
import {
  bigint,
  boolean,
  date,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgTable,
  real,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema, createUpdateSchema } from "drizzle-zod";
import { z } from "zod";

export const specimenKind = pgEnum("example_specimen_kind", ["plain", "NULL", 'it\'s "odd"']);

/** A table with a column of every type that the generator offers, and of some types that people add by hand. */
export const specimen = pgTable("specimen", {
  id: uuid("id").primaryKey(),
  userId: text("user_id")
    .notNull()
    .references(() => user.id, { onDelete: "cascade" }),
  memberIds: text("member_ids").array().notNull().default([]),
  label: text("label"),
  count: integer("count"),
  big: bigint("big", { mode: "bigint" }),
  amount: numeric("amount"),
  price: numeric("price", { precision: 12, scale: 2 }),
  isOdd: boolean("is_odd"),
  other: uuid("other"),
  day: date("day"),
  moment: timestamptz("moment"),
  moments: timestamptz("moments").array(),
  local: timestamp("local"),
  single: real("single"),
  double: doublePrecision("double"),
  json: jsonb("json"),
  kind: specimenKind("kind"),
  kinds: specimenKind("kinds").array(),
  words: text("words").array(),
  counts: integer("counts").array(),
  bigs: bigint("bigs", { mode: "bigint" }).array(),
  amounts: numeric("amounts").array(),
  doubles: doublePrecision("doubles").array(),
  answers: boolean("answers").array(),
  others: uuid("others").array(),
  days: date("days").array(),
  ...timestamps,
});

export const specimenAccess = access((userId) => eq(specimen.userId, userId));

export const selectSpecimenSchema = createSelectSchema(specimen);

const fields = {
  id: true,
  memberIds: true,
  label: true,
  count: true,
  big: true,
  amount: true,
  price: true,
  isOdd: true,
  other: true,
  day: true,
  moment: true,
  moments: true,
  local: true,
  single: true,
  double: true,
  json: true,
  kind: true,
  kinds: true,
  words: true,
  counts: true,
  bigs: true,
  amounts: true,
  doubles: true,
  answers: true,
  others: true,
  days: true,
} as const;
// Postgres allows null members in an array, but the types of Drizzle do not.
const memberIds = z.array(z.string().nullable());
export const insertSpecimenSchema = createInsertSchema(specimen, { memberIds }).pick(fields).strict();
export const updateSpecimenSchema = createUpdateSchema(specimen, { memberIds: memberIds.optional() })
  .pick(fields)
  .required({ id: true })
  .strict();

export type Specimen = z.infer<typeof selectSpecimenSchema>;
