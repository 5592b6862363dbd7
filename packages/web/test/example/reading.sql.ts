import { user } from "@tracer/core/auth/auth.sql";
import { access } from "@tracer/core/drizzle/access";
import { timestamps, timestamptz } from "@tracer/core/drizzle/columns";
import { and, eq, ne } from "drizzle-orm";
import { doublePrecision, index, pgEnum, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema } from "drizzle-zod";
import type { z } from "zod";

export const readingQuality = pgEnum("example_reading_quality", ["good", "doubtful", "discarded"]);

/** A table with more rows than a browser should hold, synced on demand. */
export const reading = pgTable(
  "reading",
  {
    id: uuid("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    sensor: text("sensor").notNull(),
    value: doublePrecision("value").notNull(),
    quality: readingQuality("quality").notNull().default("good"),
    takenAt: timestamptz("taken_at").notNull(),
    ...timestamps,
  },
  (table) => [index("reading_user_id_taken_at_idx").on(table.userId, table.takenAt)],
);

/** People read their own readings, without the discarded ones. */
export const readingAccess = access((userId) =>
  and(eq(reading.userId, userId), ne(reading.quality, "discarded")),
);

export const selectReadingSchema = createSelectSchema(reading);
/** Clients cannot set `quality`, because a sensor does not judge its own readings. */
export const insertReadingSchema = createInsertSchema(reading)
  .pick({ id: true, sensor: true, value: true, takenAt: true })
  .strict();

export type Reading = z.infer<typeof selectReadingSchema>;
