import { user } from "@tracer/core/auth/auth.sql";
import { access } from "@tracer/core/drizzle/access";
import { timestamps, timestamptz } from "@tracer/core/drizzle/columns";
import { eq, inArray, or } from "drizzle-orm";
import {
  bigint,
  boolean,
  date,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgTable,
  QueryBuilder,
  text,
  timestamp,
  unique,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { createInsertSchema, createSelectSchema, createUpdateSchema } from "drizzle-zod";
import { z } from "zod";

// The prefix avoids a type of the app with the same name, since both would live in one test database.
export const projectStatus = pgEnum("example_project_status", ["draft", "active", "archived"]);

/** A row that a membership table shares with several users, with a column of every type that tables use. */
export const project = pgTable("project", {
  id: uuid("id").primaryKey(),
  ownerId: text("owner_id")
    .notNull()
    .references(() => user.id, { onDelete: "cascade" }),
  name: varchar("name", { length: 120 }).notNull(),
  status: projectStatus("status").notNull().default("draft"),
  isPinned: boolean("is_pinned").notNull().default(false),
  area: numeric("area", { precision: 12, scale: 3 }),
  budgetCents: bigint("budget_cents", { mode: "bigint" }),
  floors: integer("floors").notNull().default(1),
  slope: doublePrecision("slope"),
  tags: text("tags").array().notNull().default([]),
  corners: integer("corners").array(),
  payments: bigint("payments", { mode: "bigint" }).array(),
  visits: timestamptz("visits").array(),
  settings: jsonb("settings").$type<{ theme?: string; grid?: number[] }>().notNull().default({}),
  startsOn: date("starts_on"),
  surveyedAt: timestamp("surveyed_at"),
  remindAt: timestamptz("remind_at"),
  /** A note for operators. The column never leaves the server, because no schema below offers the column. */
  internalNote: text("internal_note").notNull().default("margin 12 %"),
  ...timestamps,
});

/** The people who work on a project besides its owner. */
export const projectMember = pgTable(
  "project_member",
  {
    id: uuid("id").primaryKey(),
    projectId: uuid("project_id")
      .notNull()
      .references(() => project.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    ...timestamps,
  },
  (table) => [unique("project_member_project_id_user_id").on(table.projectId, table.userId)],
);

const query = new QueryBuilder();

/** The owner and the members read a project. The owner alone changes the project. */
export const projectAccess = access(
  (userId) =>
    or(
      eq(project.ownerId, userId),
      inArray(
        project.id,
        query
          .select({ id: projectMember.projectId })
          .from(projectMember)
          .where(eq(projectMember.userId, userId)),
      ),
    ),
  (userId) => eq(project.ownerId, userId),
);

/** The member and the owner of the project read a membership. The owner alone adds and removes memberships. */
export const projectMemberAccess = access(
  (userId) => or(eq(projectMember.userId, userId), inArray(projectMember.projectId, projectsOf(userId))),
  (userId) => inArray(projectMember.projectId, projectsOf(userId)),
);

function projectsOf(userId: string) {
  return query.select({ id: project.id }).from(project).where(eq(project.ownerId, userId));
}

const settings = z.object({ theme: z.string().optional(), grid: z.array(z.number()).optional() });

export const selectProjectSchema = createSelectSchema(project, { settings }).omit({ internalNote: true });

const fields = {
  id: true,
  name: true,
  status: true,
  isPinned: true,
  area: true,
  budgetCents: true,
  floors: true,
  slope: true,
  tags: true,
  corners: true,
  payments: true,
  visits: true,
  settings: true,
  startsOn: true,
  surveyedAt: true,
  remindAt: true,
} as const;

export const insertProjectSchema = createInsertSchema(project, { settings }).pick(fields).strict();
export const updateProjectSchema = createUpdateSchema(project, { settings: settings.optional() })
  .pick(fields)
  .required({ id: true })
  .strict();

export const selectProjectMemberSchema = createSelectSchema(projectMember);
export const insertProjectMemberSchema = createInsertSchema(projectMember)
  .pick({ id: true, projectId: true, userId: true })
  .strict();

export type Project = z.infer<typeof selectProjectSchema>;
export type ProjectMember = z.infer<typeof selectProjectMemberSchema>;
