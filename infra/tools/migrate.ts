// Applies the migrations to the database of a stage, and lets the app and Electric log in with the stage's passwords. Each
// deployment runs this command before the new code comes, with --keep-former, which takes nothing away that the old code
// needs, and afterwards without. By hand: npx sst shell --stage <stage> -- npm run db:migrate
import { parseArgs } from "node:util";
import { migrate } from "@tracer/core/drizzle/migrate";
import { setPasswords } from "@tracer/core/drizzle/roles";
import { Resource } from "sst";
import { databaseAnswers } from "./database-answers.ts";

const { values } = parseArgs({ options: { "keep-former": { type: "boolean", default: false } } });
const { url, appPassword, electricPassword } = Resource.DatabaseDirect;
await databaseAnswers(url);
await setPasswords(url, { app: appPassword, electric: electricPassword });
const { rolesSeparated } = await migrate(url, {
  // A workflow hands the variable over also when the variable is empty.
  streamId: process.env.ELECTRIC_REPLICATION_STREAM_ID || undefined,
  keepFormer: values["keep-former"],
});
if (!rolesSeparated) throw new Error("The owner of the tables may not give the roles their privileges.");
console.log(`The database of ${Resource.App.stage} has the newest schema, and its roles their privileges.`);
