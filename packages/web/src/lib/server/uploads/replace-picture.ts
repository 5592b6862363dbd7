import "@tanstack/react-start/server-only";
import { user } from "@tracer/core/auth/auth.sql";
import { uploadedPicture } from "@tracer/core/auth/picture-address";
import { TRPCError } from "@trpc/server";
import { eq } from "drizzle-orm";
import { logFailure } from "~/lib/server/log-failure";
import { removeUnlessShown } from "~/lib/server/pictures/pictures";
import { afterwards } from "~/lib/server/trpc/afterwards";
import type { ComingWrite } from "~/lib/server/trpc/mutations";

/**
 * Sees to the pictures before an edit of a person's row. A person shows only pictures of their own uploads. The picture
 * that the edit replaces is deleted once the edit is written, and stays when the edit is refused.
 *
 * @throws TRPCError FORBIDDEN for a picture that another person has uploaded
 */
export async function replacePicture({
  request,
  tx,
  caller,
  input: { image },
}: ComingWrite<{ image?: string | null | undefined }>): Promise<void> {
  if (image === undefined) return;
  const next = image === null ? undefined : uploadedPicture(image);
  if (next && next.owner !== caller.id) {
    throw new TRPCError({ code: "FORBIDDEN", message: "You can show only pictures that you have uploaded." });
  }
  // The lock keeps two edits from replacing the same picture, which would leave the picture of one behind.
  const [row] = await tx.select({ image: user.image }).from(user).where(eq(user.id, caller.id)).for("update");
  const last = row?.image ? uploadedPicture(row.image) : undefined;
  if (!last || last.name === next?.name) return;
  afterwards(request, async () => {
    try {
      await removeUnlessShown(caller.id, last.name);
    } catch (error) {
      logFailure("picture: the replaced picture could not be deleted", error);
    }
  });
}
