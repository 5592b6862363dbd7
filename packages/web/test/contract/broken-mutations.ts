import { access } from "@tracer/core/drizzle/access";
import { db } from "@tracer/core/drizzle/database";
import { initTRPC, TRPCError } from "@trpc/server";
import { and, eq, or, sql } from "drizzle-orm";
import { z } from "zod";
import { callerOf } from "~/lib/server/auth/caller";
import { mutationsOf } from "~/lib/server/trpc/mutations";
import type { Writes } from "~/lib/server/trpc/procedure";
import { generateTxId, handleTrpc, router, write } from "~/lib/trpc";
import { bypassing } from "../bypassing";
import { drawing, drawingAccess, updateDrawingSchema } from "../example/drawing.sql";
import { insertNoteSchema, note, noteAccess, updateNoteSchema } from "../example/note.sql";
import {
  insertProjectMemberSchema,
  project,
  projectAccess,
  projectMember,
  projectMemberAccess,
  updateProjectSchema,
} from "../example/project.sql";
import { insertSeatSchema, seat, seatAccess } from "../example/seat.sql";
import {
  budgetAccess,
  insertWorkspaceSchema,
  updateWorkspaceSchema,
  workspace,
  workspaceAccess,
} from "../example/workspace.sql";
import { type Procedure, proceduresOf } from "./bench";
import type { mutationRules } from "./mutation-rules";

const t = initTRPC.context<{ request: Request }>().meta<{ writes: Writes }>().create();

const updatesNote = (schema: z.ZodObject = updateNoteSchema): Writes => ({
  schema,
  row: { act: "update", table: note, access: noteAccess },
});
const insertsNote: Writes = {
  schema: insertNoteSchema,
  row: { act: "insert", table: note, access: noteAccess, owner: "authorId" },
};

/** Finds the caller as a careless procedure may: nothing checks which site the request comes from. */
async function signedIn(request: Request) {
  const caller = await callerOf(request);
  if (!caller) throw new TRPCError({ code: "UNAUTHORIZED" });
  return caller;
}

const theirs = new TRPCError({ code: "FORBIDDEN", message: "You can change only what is yours." });
const sent = z.looseObject({ id: z.uuid(), body: z.string().optional() });

const wholeNote = z.object({
  ...insertNoteSchema.shape,
  authorId: z.string(),
  createdAt: z.coerce.date(),
  updatedAt: z.coerce.date(),
});

/** Changes the text of a note. With a user, only if the user may change the note. */
async function setBody({ id, body }: z.infer<typeof sent>, userId?: string) {
  return db.transaction(async (tx) => {
    const [changed] = await tx
      .update(note)
      .set({ body: body ?? "", updatedAt: sql`clock_timestamp()` })
      .where(and(eq(note.id, id), userId === undefined ? undefined : noteAccess.writable(userId)))
      .returning({ id: note.id });
    if (!changed) throw theirs;
    return { txid: await generateTxId(tx) };
  });
}

const broken = router({
  query: write(updateNoteSchema).query(({ ctx }) => ctx.confirm()),
  bare: t.procedure.input(sent).mutation(({ input }) => setBody(input)),
  otherRule: mutationsOf(
    note,
    access((userId) => eq(note.authorId, userId)),
  ).update(updateNoteSchema),
  unsynced: mutationsOf(project, projectAccess).update(
    updateProjectSchema.extend({ internalNote: z.string().optional() }).strict(),
  ),
  anonymous: t.procedure
    .meta({ writes: updatesNote() })
    .input(sent)
    .mutation(({ input }) => setBody(input)),
  anywhere: t.procedure
    .meta({ writes: updatesNote() })
    .input(sent)
    .mutation(async ({ ctx, input }) => setBody(input, (await signedIn(ctx.request)).id)),
  forged: t.procedure
    .meta({ writes: insertsNote })
    .input(wholeNote)
    .mutation(async ({ ctx, input }) => {
      await signedIn(ctx.request);
      return db.transaction(async (tx) => {
        await tx.insert(note).values(input);
        return { txid: await generateTxId(tx) };
      });
    }),
  partial: mutationsOf(note, noteAccess).insert(insertNoteSchema.omit({ sharedWith: true }).strict(), {
    owner: "authorId",
  }),
  everybodys: mutationsOf(
    note,
    access(() => sql`true`),
  ).update(updateNoteSchema),
  selfInvited: mutationsOf(
    projectMember,
    access(
      (userId) => or(eq(projectMember.userId, userId), projectMemberAccess.readable(userId)),
      (userId) => eq(projectMember.userId, userId),
    ),
  ).insert(insertProjectMemberSchema),
  many: write(z.strictObject({ noteId: z.uuid(), body: z.string() })).mutation(async ({ ctx, input }) => {
    await bypassing(ctx.tx).update(note).set({ body: input.body }).where(eq(note.id, input.noteId));
    return ctx.confirm();
  }),
  selfSeated: mutationsOf(seat, { ...seatAccess, guard: undefined }).insert(insertSeatSchema),
  unfounded: mutationsOf(workspace, { ...workspaceAccess, founding: undefined }).insert(
    insertWorkspaceSchema,
  ),
  throughView: mutationsOf(workspace, budgetAccess).update(updateWorkspaceSchema),
  strayed: mutationsOf(drawing, { ...drawingAccess, result: () => sql`true` }).update(updateDrawingSchema),
  unowned: write(updateProjectSchema).mutation(async ({ ctx, input: { id, ...changes } }) => {
    await bypassing(ctx.tx).update(project).set(changes).where(eq(project.id, id));
    return ctx.confirm();
  }),
  revealing: t.procedure
    .meta({ writes: updatesNote() })
    .input(sent)
    .mutation(async ({ ctx, input }) => {
      const { id } = await signedIn(ctx.request);
      const [found] = await db.select().from(note).where(eq(note.id, input.id));
      if (!found) throw new TRPCError({ code: "NOT_FOUND" });
      return setBody(input, id);
    }),
  late: write(updateNoteSchema, { row: updatesNote().row }).mutation(async ({ ctx, input }) => {
    await bypassing(ctx.tx).update(note).set({ body: input.body }).where(eq(note.id, input.id));
    // This transaction is not the one that wrote.
    return { txid: await db.transaction((other) => generateTxId(other)) };
  }),
  whole: mutationsOf(note, noteAccess).update(updateNoteSchema.required({ body: true }).strict()),
  silent: write(updateNoteSchema, { row: updatesNote().row }).mutation(async ({ ctx, input }) => {
    const { id, ...changes } = input;
    // An edit that changes nothing writes nothing.
    if (Object.keys(changes).length > 0) {
      await bypassing(ctx.tx)
        .update(note)
        .set({ ...changes, updatedAt: sql`clock_timestamp()` })
        .where(eq(note.id, id));
    }
    return ctx.confirm();
  }),
});

/** Each mistake, the rule that finds the mistake, and the message of the rule. */
export const brokenMutations: [mistake: string, keyof typeof mutationRules, Procedure, says: RegExp][] = [
  ["a query", "is a mutation that comes from write()", named("query"), /query: reads go through shapes/],
  [
    "a procedure without write()",
    "is a mutation that comes from write()",
    named("bare"),
    /bare: only write\(\) brings/,
  ],
  [
    "another rule than the shape's",
    "writes only synced columns of a synced table, by the access rule of its shape",
    named("otherRule"),
    /otherRule: it must use the rule of \/api\/notes/,
  ],
  [
    "a write to a column that is not synced",
    "writes only synced columns of a synced table, by the access rule of its shape",
    named("unsynced"),
    /unsynced: a write to what is not synced is never confirmed/,
  ],
  [
    "a write that forgets to ask who calls",
    "refuses a caller without a session with 401, and one whose session was just revoked",
    named("anonymous"),
    /anonymous: (without a session|it answered a txid)/,
  ],
  [
    "a write that trusts the cookie's copy of a session",
    "refuses a caller without a session with 401, and one whose session was just revoked",
    named("anywhere"),
    /anywhere: with a revoked session/,
  ],
  [
    "a write that any site may request",
    "refuses the pages of other sites with 403, and whatever a form can send",
    named("anywhere"),
    /anywhere: it answered a txid/,
  ],
  [
    "a write that takes any field",
    "refuses fields that it does not offer with 400",
    named("anywhere"),
    /anywhere: it answered a txid/,
  ],
  [
    "an owner that the client chooses",
    "takes a new row as the browser holds it, and sets the owner and the times itself",
    named("forged"),
    /forged: the owner of a new row/,
  ],
  [
    "an insert that refuses a column of the browser's rows",
    "takes a new row as the browser holds it, and sets the owner and the times itself",
    named("partial"),
    /partial: refused everything .* Unrecognized key: "sharedWith"/,
  ],
  [
    "a rule that lets everybody write everything",
    "changes no row of another user, and opens none to the caller",
    named("everybodys"),
    /everybodys: what another user reads was changed/,
  ],
  [
    "people who invite themselves",
    "changes no row of another user, and opens none to the caller",
    named("selfInvited"),
    /selfInvited: (what another user reads was changed|rows of another user were opened)/,
  ],
  [
    "a write that declares no row and checks no owner",
    "changes no row of another user, and opens none to the caller",
    named("many"),
    /many: what another user reads was changed/,
  ],
  [
    "a write by the rule of a view, of a column that the view does not show",
    "writes only synced columns of a synced table, by the access rule of its shape",
    named("throughView"),
    /throughView: a write to what is not synced/,
  ],
  [
    "people who give themselves a role",
    "changes no row of another user, and opens none to the caller",
    named("selfSeated"),
    /selfSeated: what another user reads was changed/,
  ],
  [
    "a row that leaves its maker without a role in it",
    "takes a new row as the browser holds it, and sets the owner and the times itself",
    named("unfounded"),
    /unfounded: it must use the rule of .api.workspaces/,
  ],
  [
    "a row that moves to a parent of another user",
    "changes no row of another user, and opens none to the caller",
    named("strayed"),
    /strayed: what another user reads was changed/,
  ],
  [
    "an update that bypasses the builder and checks no owner",
    "changes no row of another user, and opens none to the caller",
    named("unowned"),
    /unowned: what another user reads was changed/,
  ],
  [
    "an answer that reveals which rows exist",
    "gives the same answer for another user's row as for a missing row",
    named("revealing"),
    /revealing: it reveals whether another user's row exists/,
  ],
  [
    "a txid of another transaction",
    "answers the txid that Postgres stamps on the row and the shape sends",
    named("late"),
    /late: the row's xmin/,
  ],
  [
    "an edit that has to name an unchanged column",
    "answers the txid that Postgres stamps on the row and the shape sends",
    named("whole"),
    /whole: refused everything/,
  ],
  [
    "an edit without changes that writes nothing",
    "answers the txid that Postgres stamps on the row and the shape sends",
    named("silent"),
    /silent: the row's xmin/,
  ],
  [
    "a refusal by the address of the request, which a push does not have",
    "is refused in a pushed transaction wherever its own route refuses, in the same words",
    closedByAddress("everybodys"),
    /everybodys: pushed, against what its own route answers/,
  ],
];

function named(name: keyof typeof broken): Procedure {
  const found = proceduresOf(handleTrpc(broken)).find(({ path }) => path === name);
  if (!found) throw new Error(`no procedure ${String(name)}`);
  return found;
}

/** A procedure whose route was closed in front of tRPC. */
function closedByAddress(name: keyof typeof broken): Procedure {
  const { handle, ...procedure } = named(name);
  const refusal = { error: { message: "This is closed.", data: { code: "FORBIDDEN", httpStatus: 403 } } };
  const headers = { "cache-control": "private, no-store" };
  return {
    ...procedure,
    handle: async ({ request }) =>
      new URL(request.url).pathname.endsWith(`/${name}`)
        ? Response.json(refusal, { status: 403, headers })
        : handle({ request }),
  };
}
