// Applies the migrations to the database of a stage, and lets the app and Electric log in with the stage's passwords:
// npx sst shell --stage <stage> -- npm run db:migrate
import { migrate } from "@tracer/core/drizzle/migrate";
import { setPasswords } from "@tracer/core/drizzle/roles";
import { Resource } from "sst";

const { url, appPassword, electricPassword } = Resource.DatabaseDirect;
await setPasswords(url, { app: appPassword, electric: electricPassword });
await migrate(url, { streamId: process.env.ELECTRIC_REPLICATION_STREAM_ID });
console.log(`The database of ${Resource.App.stage} has the newest schema, and its roles their privileges.`);
