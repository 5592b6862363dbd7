import * as auth from "@tracer/core/auth/auth.sql";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import { getTableName } from "drizzle-orm";
import type pg from "pg";
import * as badges from "./badge.sql";
import * as drawings from "./drawing.sql";
import * as notes from "./note.sql";
import * as projects from "./project.sql";
import * as readings from "./reading.sql";
import * as seats from "./seat.sql";
import * as invitations from "./seat-invitation.sql";
import * as workspaces from "./workspace.sql";

/** The example tables that are synced. */
export const exampleTables = [
  projects.project,
  projects.projectMember,
  drawings.drawing,
  drawings.layer,
  workspaces.workspace,
  seats.seat,
  invitations.seatInvitation,
  workspaces.board,
  notes.note,
  readings.reading,
  badges.badge,
];

/** Creates the example tables as a migration would: with the statements of drizzle-kit and the replica identity. */
export async function createExampleTables(sql: pg.Client): Promise<void> {
  const before = generateDrizzleJson(auth);
  const after = generateDrizzleJson(
    {
      ...auth,
      ...projects,
      ...drawings,
      ...seats,
      ...invitations,
      ...workspaces,
      ...notes,
      ...readings,
      ...badges,
    },
    before.id,
  );
  for (const statement of await generateMigration(before, after)) await sql.query(statement);
  for (const table of exampleTables) {
    await sql.query(`alter table "${getTableName(table)}" replica identity full`);
  }
}
