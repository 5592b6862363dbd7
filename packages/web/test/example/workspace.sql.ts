import { timestamps } from "@tracer/core/drizzle/columns";
import { within } from "@tracer/core/drizzle/within";
import { byRole } from "@tracer/core/sharing/roles";
import { index, numeric, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema, createUpdateSchema } from "drizzle-zod";
import type { z } from "zod";
import { workspaceRoles } from "./seat.sql";

/** A row that nobody owns by a column: its people have seats in it, each with a role. */
export const workspace = pgTable("workspace", {
  id: uuid("id").primaryKey(),
  name: text("name").notNull(),
  budget: numeric("budget", { precision: 12, scale: 2 }),
  ...timestamps,
});

/** A row within a workspace. */
export const board = pgTable(
  "board",
  {
    id: uuid("id").primaryKey(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id, { onDelete: "cascade" }),
    title: text("title").notNull(),
    ...timestamps,
  },
  (table) => [index("board_workspace_id_idx").on(table.workspaceId)],
);

/** Viewers read, editors change, owners delete. Whoever adds a workspace becomes its owner. */
export const workspaceAccess = byRole(workspace.id, () => workspaceRoles, {
  read: "viewer",
  write: "editor",
  delete: "owner",
});

/** The budget is a view of its own, for owners alone. */
export const budgetAccess = byRole(workspace.id, () => workspaceRoles, { read: "owner", write: "owner" });

export const boardAccess = within(board.workspaceId, workspaceAccess);

const workspaceFields = { id: true, name: true } as const;
export const selectWorkspaceSchema = createSelectSchema(workspace).omit({ budget: true });
export const insertWorkspaceSchema = createInsertSchema(workspace).pick(workspaceFields).strict();
export const updateWorkspaceSchema = createUpdateSchema(workspace)
  .pick(workspaceFields)
  .required({ id: true })
  .strict();

export const selectBudgetSchema = createSelectSchema(workspace).pick({
  id: true,
  budget: true,
  updatedAt: true,
});
export const updateBudgetSchema = createUpdateSchema(workspace)
  .pick({ id: true, budget: true })
  .required({ id: true })
  .strict();

const boardFields = { id: true, workspaceId: true, title: true } as const;
export const selectBoardSchema = createSelectSchema(board);
export const insertBoardSchema = createInsertSchema(board).pick(boardFields).strict();
export const updateBoardSchema = createUpdateSchema(board).pick(boardFields).required({ id: true }).strict();

export type Workspace = z.infer<typeof selectWorkspaceSchema>;
export type Budget = z.infer<typeof selectBudgetSchema>;
export type Board = z.infer<typeof selectBoardSchema>;
