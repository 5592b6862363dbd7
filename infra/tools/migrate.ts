// Applies the migrations to the database of a stage: npx sst shell --stage <stage> -- npm run db:migrate
import { migrate } from "@tracer/core/drizzle/migrate";
import { Resource } from "sst";

await migrate(Resource.DatabaseDirect.url);
console.log(`The database of ${Resource.App.stage} has the newest schema.`);
