import { eq } from "drizzle-orm";
import { pgTable, text, uuid } from "drizzle-orm/pg-core";
import { access } from "../drizzle/access.ts";

// Stands for the table that a table within a parent refers to.
export const widget = pgTable("widgets", { id: uuid("id").primaryKey(), userId: text("user_id") });

export const widgetAccess = access((userId) => eq(widget.userId, userId));
