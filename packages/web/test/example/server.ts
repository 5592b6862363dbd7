import { user } from "@tracer/core/auth/auth.sql";
import { serveShape } from "~/lib/electric-proxy";
import { serveLine } from "~/lib/server/line/serve-line";
import { mutationsOf } from "~/lib/server/trpc/mutations";
import { handleTrpc, router } from "~/lib/trpc";
import * as badges from "./badge.sql";
import * as drawings from "./drawing.sql";
import * as notes from "./note.sql";
import * as people from "./person.sql";
import * as projects from "./project.sql";
import * as readings from "./reading.sql";
import * as seats from "./seat.sql";
import * as invitations from "./seat-invitation.sql";
import * as workspaces from "./workspace.sql";

/** The shape routes of the example tables, by path. */
export const exampleShapes = {
  "/api/projects": serveShape({
    table: projects.project,
    schema: projects.selectProjectSchema,
    access: projects.projectAccess,
  }),
  "/api/projectMembers": serveShape({
    table: projects.projectMember,
    schema: projects.selectProjectMemberSchema,
    access: projects.projectMemberAccess,
  }),
  "/api/drawings": serveShape({
    table: drawings.drawing,
    schema: drawings.selectDrawingSchema,
    access: drawings.drawingAccess,
  }),
  "/api/layers": serveShape({
    table: drawings.layer,
    schema: drawings.selectLayerSchema,
    access: drawings.layerAccess,
  }),
  "/api/workspaces": serveShape({
    table: workspaces.workspace,
    schema: workspaces.selectWorkspaceSchema,
    access: workspaces.workspaceAccess,
  }),
  "/api/seats": serveShape({ table: seats.seat, schema: seats.selectSeatSchema, access: seats.seatAccess }),
  "/api/seatInvitations": serveShape({
    table: invitations.seatInvitation,
    schema: invitations.selectSeatInvitationSchema,
    access: invitations.seatInvitationAccess,
  }),
  "/api/budgets": serveShape({
    table: workspaces.workspace,
    schema: workspaces.selectBudgetSchema,
    access: workspaces.budgetAccess,
  }),
  "/api/people": serveShape({ table: user, schema: people.selectPersonSchema, access: people.personAccess }),
  "/api/boards": serveShape({
    table: workspaces.board,
    schema: workspaces.selectBoardSchema,
    access: workspaces.boardAccess,
  }),
  "/api/notes": serveShape({
    table: notes.note,
    schema: notes.selectNoteSchema,
    access: notes.noteAccess,
  }),
  "/api/readings": serveShape({
    table: readings.reading,
    schema: readings.selectReadingSchema,
    access: readings.readingAccess,
    sync: "on-demand",
  }),
  "/api/badges": serveShape({
    table: badges.badge,
    schema: badges.selectBadgeSchema,
    access: badges.badgeAccess,
  }),
};

const project = mutationsOf(projects.project, projects.projectAccess);
const member = mutationsOf(projects.projectMember, projects.projectMemberAccess);
const drawing = mutationsOf(drawings.drawing, drawings.drawingAccess);
const layer = mutationsOf(drawings.layer, drawings.layerAccess);
const workspace = mutationsOf(workspaces.workspace, workspaces.workspaceAccess);
const budget = mutationsOf(workspaces.workspace, workspaces.budgetAccess);
const seat = mutationsOf(seats.seat, seats.seatAccess);
const invitation = mutationsOf(invitations.seatInvitation, invitations.seatInvitationAccess);
const board = mutationsOf(workspaces.board, workspaces.boardAccess);
const note = mutationsOf(notes.note, notes.noteAccess);
const reading = mutationsOf(readings.reading, readings.readingAccess);
const badge = mutationsOf(badges.badge, badges.badgeAccess, { constraints: badges.badgeWords });

/** The routers of the example tables, by the names of their collections. */
export const exampleRouters = {
  projects: router({
    insert: project.insert(projects.insertProjectSchema, { owner: "ownerId" }),
    update: project.update(projects.updateProjectSchema),
    delete: project.delete(),
  }),
  drawings: router({
    insert: drawing.insert(drawings.insertDrawingSchema),
    update: drawing.update(drawings.updateDrawingSchema),
    delete: drawing.delete(),
  }),
  layers: router({
    insert: layer.insert(drawings.insertLayerSchema),
    update: layer.update(drawings.updateLayerSchema),
    delete: layer.delete(),
  }),
  workspaces: router({
    insert: workspace.insert(workspaces.insertWorkspaceSchema),
    update: workspace.update(workspaces.updateWorkspaceSchema),
    delete: workspace.delete(),
  }),
  budgets: router({ update: budget.update(workspaces.updateBudgetSchema) }),
  seats: router({
    insert: seat.insert(seats.insertSeatSchema),
    update: seat.update(seats.updateSeatSchema),
    delete: seat.delete(),
  }),
  seatInvitations: router({
    insert: invitation.insert(invitations.insertSeatInvitationSchema, { owner: "userId" }),
    delete: invitation.delete(),
  }),
  boards: router({
    insert: board.insert(workspaces.insertBoardSchema),
    update: board.update(workspaces.updateBoardSchema),
    delete: board.delete(),
  }),
  notes: router({
    insert: note.insert(notes.insertNoteSchema, { owner: "authorId" }),
    update: note.update(notes.updateNoteSchema),
    delete: note.delete(),
  }),
  readings: router({
    insert: reading.insert(readings.insertReadingSchema, { owner: "userId", ignore: ["quality"] }),
    delete: reading.delete(),
  }),
  badges: router({
    insert: badge.insert(badges.insertBadgeSchema, { owner: "userId" }),
    update: badge.update(badges.updateBadgeSchema),
    delete: badge.delete(),
  }),
  projectMembers: router({
    insert: member.insert(projects.insertProjectMemberSchema),
    delete: member.delete(),
  }),
};

const exampleRouter = router(exampleRouters);

export type ExampleRouter = typeof exampleRouter;

export const exampleTrpc = handleTrpc(exampleRouter);

const shapeRoute = async (path: string) =>
  Object.entries(exampleShapes).find(([known]) => known === path)?.[1];

/** All that the app serves of the example tables, by path. */
export const exampleHandlers = {
  ...exampleShapes,
  "/api/line": serveLine(shapeRoute),
  "/api/trpc": exampleTrpc,
};
