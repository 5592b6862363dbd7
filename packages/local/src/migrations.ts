import { type Migrated, migrate } from "@tracer/core/drizzle/migrate";
import { StackError } from "./stack-error.ts";

/**
 * Applies the migrations that a database does not have yet, and gives the roles their privileges.
 *
 * @throws StackError with the database's own message
 */
export async function bringToNewest(databaseUrl: string): Promise<Migrated> {
  try {
    return await migrate(databaseUrl);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new StackError(
      `The migrations failed: ${cause instanceof Error ? cause.message : cause}`,
      "Correct packages/core/migrations or the rights of the database's user. For a local database, start once with --reset.",
      { cause: error },
    );
  }
}
