import { access } from "@tracer/core/drizzle/access";
import { and, eq, inArray, sql } from "drizzle-orm";
import { QueryBuilder } from "drizzle-orm/pg-core";
import { z } from "zod";
import { serveShape } from "~/lib/electric-proxy";
import { mutationsOf } from "~/lib/server/trpc/mutations";
import { handleTrpc, router, write } from "~/lib/trpc";
import { bypassing } from "../bypassing";
import { note, noteAccess, selectNoteSchema } from "./note.sql";
import { project, projectMember, selectProjectMemberSchema, selectProjectSchema } from "./project.sql";

const projectsOf = (userId: string) =>
  new QueryBuilder()
    .select({ id: projectMember.projectId })
    .from(projectMember)
    .where(eq(projectMember.userId, userId));

/** Members alone read a project, and only while it is pinned. */
const pinnedAccess = access((userId) =>
  and(eq(project.isPinned, true), inArray(project.id, projectsOf(userId))),
);
const memberAccess = access((userId) => eq(projectMember.userId, userId));

/** Procedures after which the caller no longer reads the row. */
const leavingRouter = router({
  notes: router({
    update: write(z.strictObject({ id: z.uuid(), sharedWith: z.array(z.string()).optional() })).mutation(
      async ({ ctx, input: { id } }) => {
        await bypassing(ctx.tx)
          .update(note)
          .set({ sharedWith: sql`array_remove(${note.sharedWith}, ${ctx.caller.id})` })
          .where(and(eq(note.id, id), noteAccess.readable(ctx.caller.id)));
        return ctx.confirm();
      },
    ),
  }),
  projects: router({
    update: write(
      z.strictObject({ id: z.uuid(), isPinned: z.boolean().optional(), name: z.string().optional() }),
    ).mutation(async ({ ctx, input: { id, ...changes } }) => {
      await bypassing(ctx.tx)
        .update(project)
        .set({ ...changes, updatedAt: sql`clock_timestamp()` })
        .where(and(eq(project.id, id), pinnedAccess.writable(ctx.caller.id)));
      return ctx.confirm();
    }),
  }),
  projectMembers: router({ delete: mutationsOf(projectMember, memberAccess).delete() }),
});

export type LeavingRouter = typeof leavingRouter;

export const leavingHandlers = {
  "/api/notes": serveShape({ table: note, schema: selectNoteSchema, access: noteAccess }),
  "/api/projects": serveShape({ table: project, schema: selectProjectSchema, access: pinnedAccess }),
  "/api/projectMembers": serveShape({
    table: projectMember,
    schema: selectProjectMemberSchema,
    access: memberAccess,
  }),
  "/api/trpc": handleTrpc(leavingRouter),
};
