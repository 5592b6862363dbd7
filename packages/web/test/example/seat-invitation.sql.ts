import { timestamps } from "@tracer/core/drizzle/columns";
import { invitations, invitationsOf } from "@tracer/core/sharing/invitations";
import { memberId } from "@tracer/core/sharing/roles";
import { index, pgEnum, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema } from "drizzle-zod";
import { z } from "zod";
import { workspaceRoles } from "./seat.sql";
import { workspace } from "./workspace.sql";

// A type of its own: the schema files import each other, and a column needs its type at once.
export const seatInvitationRole = pgEnum("example_seat_invitation_role", ["viewer", "editor", "owner"]);

/** An offer of a seat to whoever has an e-mail address. */
export const seatInvitation = pgTable(
  "seat_invitation",
  {
    id: uuid("id").primaryKey(),
    workspaceId: uuid("workspace_id")
      .notNull()
      .references(() => workspace.id, { onDelete: "cascade" }),
    /** The person who invites. */
    userId: memberId(),
    email: text("email").notNull(),
    role: seatInvitationRole("role").notNull(),
    ...timestamps,
  },
  (table) => [
    unique("seat_invitation_workspace_id_email").on(table.workspaceId, table.email),
    index("seat_invitation_email_idx").on(table.email),
  ],
);

export const workspaceInvitations = invitations(seatInvitation, seatInvitation.workspaceId);
export const seatInvitationAccess = invitationsOf(workspaceInvitations, () => workspaceRoles);

export const selectSeatInvitationSchema = createSelectSchema(seatInvitation);
export const insertSeatInvitationSchema = createInsertSchema(seatInvitation, {
  email: z.email().toLowerCase(),
})
  .pick({ id: true, workspaceId: true, email: true, role: true })
  .strict();
