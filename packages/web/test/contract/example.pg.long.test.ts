import { exampleTables } from "../example/tables";
import { testExamples } from "./example-contract";

await testExamples(exampleTables, [
  ...["projects", "projectMembers", "drawings", "layers", "notes", "readings", "badges"],
  ...["workspaces", "budgets", "seats", "seatInvitations", "boards", "people"],
]);
