import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema, createUpdateSchema } from "drizzle-zod";
import type { z } from "zod";
import { timesByServer, timestamps } from "../drizzle/columns.ts";
import { constraintWords } from "../drizzle/constraint-words.ts";
import { within } from "../drizzle/within.ts";
import { widget, widgetAccess } from "../widget/widget.sql.ts";

export const gadget = pgTable(
  "gadgets",
  {
    id: uuid("id").primaryKey(),
    widgetId: uuid("widget_id")
      .notNull()
      .references(() => widget.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    ...timestamps,
  },
  (table) => [index("gadgets_widget_id_idx").on(table.widgetId)],
);

/** Whoever may read the parent reads a row, and whoever may change the parent adds, changes and deletes rows. */
export const gadgetAccess = within(gadget.widgetId, widgetAccess);

/** What a person is told when a value is taken, or refers to nothing. */
export const gadgetWords = () => constraintWords(gadget, { name: "This name is taken." });

/** What a person writes. */
const fields = { id: true, widgetId: true, name: true } as const;
export const insertGadgetSchema = createInsertSchema(gadget).pick(fields).strict();
export const updateGadgetSchema = createUpdateSchema(gadget).pick(fields).required({ id: true }).strict();

/** What reaches the browser. */
export const selectGadgetSchema = createSelectSchema(gadget).pick({ ...fields, ...timesByServer });
export type Gadget = z.infer<typeof selectGadgetSchema>;
