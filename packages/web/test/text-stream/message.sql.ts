import { user } from "@tracer/core/auth/auth.sql";
import { access } from "@tracer/core/drizzle/access";
import { timestamps } from "@tracer/core/drizzle/columns";
import { arrayContains, eq, inArray, or } from "drizzle-orm";
import { index, integer, pgEnum, pgTable, QueryBuilder, text, uuid } from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema, createUpdateSchema } from "drizzle-zod";
import type { z } from "zod";

export const messageState = pgEnum("example_message_state", ["streaming", "complete", "broken"]);

/** A message whose text may arrive in pieces. The author shares the message with other people. */
export const message = pgTable("message", {
  id: uuid("id").primaryKey(),
  authorId: text("author_id")
    .notNull()
    .references(() => user.id, { onDelete: "cascade" }),
  sharedWith: text("shared_with").array().notNull().default([]),
  text: text("text").notNull().default(""),
  state: messageState("state").notNull().default("complete"),
  ...timestamps,
});

/** A piece of a text that is being written. */
export const messageChunk = pgTable(
  "message_chunk",
  {
    id: uuid("id").primaryKey(),
    messageId: uuid("message_id")
      .notNull()
      .references(() => message.id, { onDelete: "cascade" }),
    position: integer("position").notNull(),
    text: text("text").notNull(),
    ...timestamps,
  },
  (table) => [index("message_chunk_message_id_idx").on(table.messageId)],
);

/** The author and the people in `sharedWith` read a message. The author alone changes the message. */
export const messageAccess = access(
  (userId) => or(eq(message.authorId, userId), arrayContains(message.sharedWith, [userId])),
  (userId) => eq(message.authorId, userId),
);

/** Whoever reads a message reads its pieces. */
export const messageChunkAccess = access((userId) =>
  inArray(
    messageChunk.messageId,
    new QueryBuilder().select({ id: message.id }).from(message).where(messageAccess.readable(userId)),
  ),
);

const fields = { id: true, sharedWith: true } as const;
export const insertMessageSchema = createInsertSchema(message).pick(fields).strict();
export const updateMessageSchema = createUpdateSchema(message).pick(fields).required({ id: true }).strict();
export const selectMessageSchema = createSelectSchema(message);
export type Message = z.infer<typeof selectMessageSchema>;

export const selectMessageChunkSchema = createSelectSchema(messageChunk);
export type MessageChunk = z.infer<typeof selectMessageChunkSchema>;
