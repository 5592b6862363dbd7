import type { Transaction } from "@tracer/core/drizzle/database";
import { TRPCError } from "@trpc/server";
import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { handleTrpc, router, write } from "~/lib/trpc";
import { note } from "../example/note.sql";
import { project, projectAccess, projectMember } from "../example/project.sql";
import { type Procedure, proceduresOf } from "./bench";

interface Call {
  tx: object;
  caller: { id: string };
}

/** The transaction of a call, with which a procedure writes past the rules of the tables. */
function writing({ tx }: Pick<Call, "tx">): Transaction {
  return tx as Transaction;
}

const theirs = new TRPCError({ code: "FORBIDDEN", message: "You can change only what is yours." });

/** Changes a project by its rule. */
async function changeOwn(call: Call, id: string, changes: { name?: string }) {
  const changed = await writing(call)
    .update(project)
    .set({ ...changes, updatedAt: sql`clock_timestamp()` })
    .where(and(eq(project.id, id), projectAccess.writable(call.caller.id)))
    .returning({ id: project.id });
  if (changed.length === 0) throw theirs;
}

const broken = router({
  nested: write(
    z.strictObject({
      project: z.strictObject({ id: z.uuid(), name: z.string().max(120) }),
      member: z.strictObject({ id: z.uuid(), projectId: z.uuid() }),
    }),
  ).mutation(async ({ ctx, input: { project: changed, member } }) => {
    // The first object is checked, and the second names a project too.
    await changeOwn(ctx, changed.id, { name: changed.name });
    await writing(ctx)
      .insert(projectMember)
      .values({ ...member, userId: ctx.caller.id });
    return ctx.confirm();
  }),
  listed: write(
    z.strictObject({ moves: z.array(z.strictObject({ id: z.uuid(), to: z.uuid() })).max(50) }),
  ).mutation(async ({ ctx, input: { moves } }) => {
    const [first] = moves;
    if (!first) throw theirs;
    await changeOwn(ctx, first.to, {});
    for (const { id, to } of moves) {
      await writing(ctx).update(projectMember).set({ projectId: to }).where(eq(projectMember.id, id));
    }
    return ctx.confirm();
  }),
  keyed: write(
    z.strictObject({ names: z.record(z.uuid(), z.string().min(1).max(120)), projectId: z.uuid() }),
  ).mutation(async ({ ctx, input: { names, projectId } }) => {
    await changeOwn(ctx, projectId, {});
    for (const [id, name] of Object.entries(names)) {
      await writing(ctx).update(project).set({ name }).where(eq(project.id, id));
    }
    return ctx.confirm();
  }),
  either: write(
    z.strictObject({
      target: z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("project"), projectId: z.uuid() }),
        z.strictObject({ kind: z.literal("note"), noteId: z.uuid() }),
      ]),
      text: z.string().min(1).max(120).optional(),
    }),
  ).mutation(async ({ ctx, input: { target, text = "" } }) => {
    if (target.kind === "project") await changeOwn(ctx, target.projectId, { name: text });
    else await writing(ctx).update(note).set({ body: text }).where(eq(note.id, target.noteId));
    return ctx.confirm();
  }),
  narrow: write(z.strictObject({ target: z.uuid(), code: z.string() })).mutation(async ({ ctx, input }) => {
    if (input.code !== "4711-X") throw new TRPCError({ code: "BAD_REQUEST", message: "This is no code." });
    await changeOwn(ctx, input.target, {});
    return ctx.confirm();
  }),
});

/** Mistakes with ids that stand anywhere in an input, and the message of the rule that finds each. */
export const brokenInputs: [mistake: string, name: keyof typeof broken, says: RegExp][] = [
  [
    "a second object with another user's project, beside an object that is checked",
    "nested",
    /nested: (what another user reads was changed|rows of another user were opened)/,
  ],
  [
    "a list whose first entry alone is checked",
    "listed",
    /listed: (what another user reads was changed|rows of another user were opened)/,
  ],
  ["a record whose keys are ids and are not checked", "keyed", /keyed: what another user reads was changed/],
  ["a union of which one option is not checked", "either", /either: what another user reads was changed/],
  [
    "a procedure that takes no input of the suite, so that no id was attacked",
    "narrow",
    /narrow: refused everything .* with "target", such as with "400 This is no code\."\n.*\n.*examples/,
  ],
];

/** The procedure with a mistake. */
export function brokenProcedure(name: keyof typeof broken): Procedure {
  const found = proceduresOf(handleTrpc(broken)).find(({ path }) => path === name);
  if (!found) throw new Error(`no procedure ${name}`);
  return found;
}
