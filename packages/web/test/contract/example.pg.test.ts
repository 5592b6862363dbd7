import { note } from "../example/note.sql";
import { project, projectMember } from "../example/project.sql";
import { reading } from "../example/reading.sql";
import { testExamples } from "./example-contract";

// Rows of one person, rows that are shared, memberships, and a table that is synced on demand. `example.pg.long.test.ts` has
// the other patterns too.
await testExamples(
  [project, projectMember, note, reading],
  ["projects", "projectMembers", "notes", "readings"],
);
