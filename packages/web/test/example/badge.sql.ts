import { user } from "@tracer/core/auth/auth.sql";
import { access } from "@tracer/core/drizzle/access";
import { timestamps } from "@tracer/core/drizzle/columns";
import { constraintWords } from "@tracer/core/drizzle/constraint-words";
import { eq } from "drizzle-orm";
import { type AnyPgColumn, pgEnum, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema, createUpdateSchema } from "drizzle-zod";
import type { z } from "zod";

export const badgeColor = pgEnum("example_badge_color", ["red", "green", "blue"]);

/** A row whose values may be taken: each code is given once, and a person has one badge of each color. */
export const badge = pgTable(
  "badge",
  {
    id: uuid("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    code: text("code").notNull().unique(),
    color: badgeColor("color").notNull(),
    replacesId: uuid("replaces_id").references((): AnyPgColumn => badge.id, { onDelete: "set null" }),
    ...timestamps,
  },
  (table) => [unique("badge_user_id_color_unique").on(table.userId, table.color)],
);

export const badgeAccess = access((userId) => eq(badge.userId, userId));

export const badgeWords = constraintWords(badge, {
  code: "This code is taken.",
  color: "This color is taken.",
  replacesId: "This badge does not exist.",
});

const fields = { id: true, code: true, color: true, replacesId: true } as const;
export const selectBadgeSchema = createSelectSchema(badge);
export const insertBadgeSchema = createInsertSchema(badge).pick(fields).strict();
export const updateBadgeSchema = createUpdateSchema(badge).pick(fields).required({ id: true }).strict();

export type Badge = z.infer<typeof selectBadgeSchema>;
