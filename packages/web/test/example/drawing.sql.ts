import { timestamps } from "@tracer/core/drizzle/columns";
import { within } from "@tracer/core/drizzle/within";
import { index, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema, createUpdateSchema } from "drizzle-zod";
import type { z } from "zod";
import { project, projectAccess } from "./project.sql";

/** A row that belongs to a project, and to nobody by itself. */
export const drawing = pgTable(
  "drawing",
  {
    id: uuid("id").primaryKey(),
    projectId: uuid("project_id")
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    title: text("title").notNull(),
    ...timestamps,
  },
  (table) => [index("drawing_project_id_idx").on(table.projectId)],
);

/** A row that belongs to a drawing, and so to the project of the drawing. */
export const layer = pgTable(
  "layer",
  {
    id: uuid("id").primaryKey(),
    drawingId: uuid("drawing_id")
      .notNull()
      .references(() => drawing.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    ...timestamps,
  },
  (table) => [index("layer_drawing_id_idx").on(table.drawingId)],
);

export const drawingAccess = within(drawing.projectId, projectAccess);
export const layerAccess = within(layer.drawingId, drawingAccess);

const drawingFields = { id: true, projectId: true, title: true } as const;
export const selectDrawingSchema = createSelectSchema(drawing);
export const insertDrawingSchema = createInsertSchema(drawing).pick(drawingFields).strict();
export const updateDrawingSchema = createUpdateSchema(drawing)
  .pick(drawingFields)
  .required({ id: true })
  .strict();

const layerFields = { id: true, drawingId: true, name: true } as const;
export const selectLayerSchema = createSelectSchema(layer);
export const insertLayerSchema = createInsertSchema(layer).pick(layerFields).strict();
export const updateLayerSchema = createUpdateSchema(layer).pick(layerFields).required({ id: true }).strict();

export type Drawing = z.infer<typeof selectDrawingSchema>;
export type Layer = z.infer<typeof selectLayerSchema>;
