import { arrayContains, eq, or } from "drizzle-orm";
import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema, createUpdateSchema } from "drizzle-zod";
import type { z } from "zod";
import { user } from "../auth/auth.sql.ts";
import { access } from "../drizzle/access.ts";
import { setByServer, timestamps } from "../drizzle/columns.ts";
import { constraintWords } from "../drizzle/constraint-words.ts";

export const gadget = pgTable(
  "gadgets",
  {
    id: uuid("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    memberIds: text("member_ids").array().notNull().default([]),
    name: text("name").notNull(),
    ...timestamps,
  },
  (table) => [index("gadgets_user_id_idx").on(table.userId)],
);

/** People read and change their own rows alone. */
export const gadgetAccess = access((userId) => eq(gadget.userId, userId));

/** The owner and the members read a row; the owner alone changes it. */
export const sharedGadgetAccess = access(
  (userId) => or(eq(gadget.userId, userId), arrayContains(gadget.memberIds, [userId])),
  (userId) => eq(gadget.userId, userId),
);

/** What a person is told when a value is taken, or refers to nothing. */
export const gadgetWords = () => constraintWords(gadget, { name: "This name is taken." });

/** What a person writes. */
const fields = { id: true, memberIds: true, name: true } as const;
export const insertGadgetSchema = createInsertSchema(gadget).pick(fields).strict();
export const updateGadgetSchema = createUpdateSchema(gadget).pick(fields).required({ id: true }).strict();

/** What reaches the browser. */
export const selectGadgetSchema = createSelectSchema(gadget).pick({ ...fields, ...setByServer });
export type Gadget = z.infer<typeof selectGadgetSchema>;
