import { user } from "@tracer/core/auth/auth.sql";
import { access } from "@tracer/core/drizzle/access";
import { timestamps } from "@tracer/core/drizzle/columns";
import { arrayContains, eq, or } from "drizzle-orm";
import { pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema, createUpdateSchema } from "drizzle-zod";
import type { z } from "zod";

/** A row that is shared with several users by an array of their ids. */
export const note = pgTable("note", {
  id: uuid("id").primaryKey(),
  authorId: text("author_id")
    .notNull()
    .references(() => user.id, { onDelete: "cascade" }),
  body: text("body").notNull(),
  sharedWith: text("shared_with").array().notNull().default([]),
  ...timestamps,
});

/** The author and the people in `sharedWith` read a note. The author alone changes the note. */
export const noteAccess = access(
  (userId) => or(eq(note.authorId, userId), arrayContains(note.sharedWith, [userId])),
  (userId) => eq(note.authorId, userId),
);

export const selectNoteSchema = createSelectSchema(note);
export const insertNoteSchema = createInsertSchema(note)
  .pick({ id: true, body: true, sharedWith: true })
  .strict();
export const updateNoteSchema = createUpdateSchema(note)
  .pick({ id: true, body: true, sharedWith: true })
  .required({ id: true })
  .strict();

export type Note = z.infer<typeof selectNoteSchema>;
