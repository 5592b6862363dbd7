import { pgEnum, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema, createUpdateSchema } from "drizzle-zod";
import type { z } from "zod";
import { setByServer, timestamps } from "../drizzle/columns.ts";
import { constraintWords } from "../drizzle/constraint-words.ts";
import { membershipsOf } from "../sharing/memberships.ts";
import { memberId, membershipIndexes, roles } from "../sharing/roles.ts";
import { widget } from "../widget/widget.sql.ts";

export const gadgetRole = pgEnum("gadget_role", ["viewer", "owner"]);

export const gadget = pgTable(
  "gadgets",
  {
    id: uuid("id").primaryKey(),
    widgetId: uuid("widget_id")
      .notNull()
      .references(() => widget.id, { onDelete: "cascade" }),
    userId: memberId(),
    role: gadgetRole("role").notNull(),
    name: text("name").notNull(),
    ...timestamps,
  },
  (table) => [...membershipIndexes("gadgets", table.widgetId, table.userId)],
);

/** Members see each other. The highest role gives and takes roles, and one person with that role always stays. */
export const widgetRoles = roles(gadget, gadget.widgetId);
export const gadgetAccess = membershipsOf(widgetRoles);

/** What a person is told when a value is taken, or refers to nothing. */
export const gadgetWords = () => constraintWords(gadget, { name: "This name is taken." });

/** What a person writes. */
const fields = { id: true, role: true, name: true } as const;
const given = { ...fields, widgetId: true, userId: true } as const;
export const insertGadgetSchema = createInsertSchema(gadget).pick(given).strict();
export const updateGadgetSchema = createUpdateSchema(gadget).pick(fields).required({ id: true }).strict();

/** What reaches the browser. */
export const selectGadgetSchema = createSelectSchema(gadget).pick({ ...given, ...setByServer });
export type Gadget = z.infer<typeof selectGadgetSchema>;
