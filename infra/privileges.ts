import { migrationRun } from "./migration.ts";
import { service } from "./service.ts";
import { web } from "./web.ts";

/**
 * Takes away what Electric could read for the code before, once the new code alone serves. A deployment that fails earlier
 * takes nothing away.
 */
export const privileges = migrationRun("Privileges", [], service ? [web, service] : [web]);
