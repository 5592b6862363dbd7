import { logProblem } from "~/lib/server/log-failure";

/** The parameters of a shape that no browser can set. A mistake in one of them is the app's, or its database's. */
const ours = ["table", "columns", "queryable_columns", "where"];

/**
 * Logs why Electric refuses the definition of a shape: mostly the database lacks a column that the code has. Nothing is
 * logged when Electric refuses what a browser asked for.
 *
 * @param body Electric's answer with status 400
 */
export function logDefinitionRefusal(body: string): void {
  for (const [name, reason] of Object.entries(errorsIn(body))) {
    if (ours.includes(name)) logProblem("shape", `Electric refuses "${name}": ${[reason].flat().join(" ")}`);
  }
}

/** What Electric says is wrong, by the parameter. Empty when the body has another form. */
function errorsIn(body: string): object {
  try {
    const parsed: unknown = JSON.parse(body);
    const errors = typeof parsed === "object" && parsed !== null && "errors" in parsed ? parsed.errors : {};
    return typeof errors === "object" && errors !== null ? errors : {};
  } catch {
    return {};
  }
}
