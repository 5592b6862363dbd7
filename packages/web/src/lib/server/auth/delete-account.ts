import "@tanstack/react-start/server-only";
import { user, verification } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { eq } from "drizzle-orm";
import { userDeleted } from "~/lib/server/auth/auth-events";
import { forgetUser } from "~/lib/server/auth/remembered-sessions";
import { removeAllPictures } from "~/lib/server/pictures/pictures";

/**
 * Deletes a user with all rows and pictures, in one transaction. Every table that names a user has a foreign key with
 * `on delete cascade`, as the generator writes it, so Postgres deletes the rows. The tokens in `verification` name their
 * user in a value.
 *
 * @throws when a table has a foreign key without a cascade, or the store of the pictures fails. Then no row is deleted
 */
export async function deleteAccount(userId: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.delete(verification).where(eq(verification.value, userId));
    await tx.delete(user).where(eq(user.id, userId));
    // Last, so that a failure of the store rolls the rows back, and no picture outlives its person.
    await removeAllPictures(userId);
  });
  forgetUser(userId);
  userDeleted({ id: userId });
}
