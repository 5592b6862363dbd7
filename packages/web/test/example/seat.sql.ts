import { timestamps } from "@tracer/core/drizzle/columns";
import { membershipsOf } from "@tracer/core/sharing/memberships";
import { memberId, membershipIndexes, roles } from "@tracer/core/sharing/roles";
import { pgEnum, pgTable, uuid } from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema, createUpdateSchema } from "drizzle-zod";
import type { z } from "zod";
import { workspaceInvitations } from "./seat-invitation.sql";
import { workspace } from "./workspace.sql";

export const seatRole = pgEnum("example_seat_role", ["viewer", "editor", "owner"]);

/** A person's place in a workspace, with their role. */
export const seat = pgTable(
  "seat",
  {
    id: uuid("id").primaryKey(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id, { onDelete: "cascade" }),
    userId: memberId(),
    role: seatRole("role").notNull(),
    ...timestamps,
  },
  (table) => membershipIndexes("seat", table.workspaceId, table.userId),
);

export const workspaceRoles = roles(seat, seat.workspaceId);
export const seatAccess = membershipsOf(workspaceRoles, { invitations: () => workspaceInvitations });

export const selectSeatSchema = createSelectSchema(seat);
export const insertSeatSchema = createInsertSchema(seat)
  .pick({ id: true, workspaceId: true, userId: true, role: true })
  .strict();
export const updateSeatSchema = createUpdateSchema(seat)
  .pick({ id: true, role: true })
  .required({ id: true })
  .strict();

export type Seat = z.infer<typeof selectSeatSchema>;
